-- Activities to develop with. Their keys are fixed, so that running this again adds nothing and a
-- reply can name what it answers.
insert into activities
  (uuid, user_uuid, message, replies_count, likes_count, reply_to_activity_uuid, expires_at, created_at)
select
  seed.uuid, users.uuid, seed.message, seed.replies, seed.likes, seed.reply_to,
  now() + seed.expires_in, now() - seed.age
from (
  values
    ('00000000-0000-4000-8000-000000000001'::uuid, 'andrewbrown',
     'This was imported as seed data!', 1, 2, null::uuid, interval '10 days', interval '3 hours'),
    ('00000000-0000-4000-8000-000000000002'::uuid, 'bayko',
     'The cloud is fun, until the bill arrives.', 0, 5, null, null, interval '2 hours'),
    ('00000000-0000-4000-8000-000000000003'::uuid, 'bayko',
     'And it was gone in ten days.', 0, 1, '00000000-0000-4000-8000-000000000001', null,
     interval '1 hour'),
    ('00000000-0000-4000-8000-000000000004'::uuid, 'londo',
     'My dear friends, I am off to the casino.', 0, 0, null, null, interval '5 minutes')
) as seed (uuid, handle, message, replies, likes, reply_to, expires_in, age)
join users on users.handle = seed.handle
on conflict (uuid) do nothing;
