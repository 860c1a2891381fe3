-- migrate:up

-- Plain CREATE INDEX, since the table is as new as the index. On a table that an application is
-- writing to, build it CONCURRENTLY in a file of its own with `-- migrator: transaction off`.

-- A user's timeline, newest first; also what deleting a user looks for.
-- migrator: allow create-index-not-concurrent the table is as new as the index
create index activities_user_uuid_created_at_idx on activities (user_uuid, created_at desc);

-- The replies to an activity, oldest first; most activities are none.
-- migrator: allow create-index-not-concurrent the table is as new as the index
create index activities_reply_to_activity_uuid_created_at_idx
  on activities (reply_to_activity_uuid, created_at)
  where reply_to_activity_uuid is not null;

-- For whatever removes expired activities.
-- migrator: allow create-index-not-concurrent the table is as new as the index
create index activities_expires_at_idx on activities (expires_at) where expires_at is not null;

-- migrate:down

drop index activities_expires_at_idx;
drop index activities_reply_to_activity_uuid_created_at_idx;
drop index activities_user_uuid_created_at_idx;
