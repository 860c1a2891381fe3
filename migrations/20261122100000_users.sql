-- migrate:up

create table users (
  uuid            uuid        not null default gen_random_uuid(),
  display_name    text        not null,
  handle          text        not null,
  email           text        not null,
  cognito_user_id text        not null,
  created_at      timestamptz not null default now(),

  constraint users_pkey primary key (uuid),
  constraint users_handle_key unique (handle),
  constraint users_cognito_user_id_key unique (cognito_user_id),
  constraint users_handle_not_blank check (handle ~ '\S'),
  constraint users_email_not_blank check (email ~ '\S')
);

-- One account per address, however it is typed.
create unique index users_email_key on users (lower(email));

comment on table users is 'People with an account; a row appears at sign-up';
comment on column users.uuid is 'Ours; other tables refer to it';
comment on column users.display_name is 'Name as shown, any text';
comment on column users.handle is 'Public name without the @, unique';
comment on column users.email is 'Unique whatever its case; kept as typed';
comment on column users.cognito_user_id is 'The user''s sub in Amazon Cognito';
comment on column users.created_at is 'When the account was made';

-- migrate:down

drop table users;
