create table activities (
  uuid                   uuid        not null default gen_random_uuid(),
  user_uuid              uuid        not null,
  message                text        not null,
  replies_count          integer     not null default 0,
  reposts_count          integer     not null default 0,
  likes_count            integer     not null default 0,
  reply_to_activity_uuid uuid,
  expires_at             timestamptz,
  created_at             timestamptz not null default now(),

  constraint activities_pkey primary key (uuid),

  -- Who deletes the account deletes what was said with it ...
  constraint activities_user_uuid_fkey
    foreign key (user_uuid) references users (uuid) on delete cascade,
  -- ... but not what others answered: their replies stay, and answer nothing any more.
  constraint activities_reply_to_activity_uuid_fkey
    foreign key (reply_to_activity_uuid) references activities (uuid) on delete set null,

  constraint activities_reply_to_another check (reply_to_activity_uuid <> uuid),
  constraint activities_replies_count_not_negative check (replies_count >= 0),
  constraint activities_reposts_count_not_negative check (reposts_count >= 0),
  constraint activities_likes_count_not_negative check (likes_count >= 0)
);

comment on table activities is 'What users post; a reply is an activity as well';
comment on column activities.uuid is 'Ours; replies refer to it';
comment on column activities.user_uuid is 'The author; activities go with their author';
comment on column activities.message is 'The text as typed';
comment on column activities.replies_count is 'Number of replies, kept by the application';
comment on column activities.reposts_count is 'Number of reposts, kept by the application';
comment on column activities.likes_count is 'Number of likes, kept by the application';
comment on column activities.reply_to_activity_uuid is
  'The activity this one answers; null for none, or for one that was deleted';
comment on column activities.expires_at is 'When it disappears from timelines; null for never';
comment on column activities.created_at is 'When it was posted';
