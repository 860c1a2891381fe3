-- Repeatable: runs after the versioned migrations whenever this text changed. CREATE OR REPLACE
-- keeps grants and what depends on the view, and lets columns be added at the end only.
create or replace view home_timeline as
select
  activities.uuid,
  activities.user_uuid,
  users.handle,
  users.display_name,
  activities.message,
  activities.replies_count,
  activities.reposts_count,
  activities.likes_count,
  activities.reply_to_activity_uuid,
  activities.expires_at,
  activities.created_at
from activities
join users on users.uuid = activities.user_uuid
where activities.expires_at is null or activities.expires_at > now();

comment on view home_timeline is
  'Activities that have not expired, with handle and display name of the author; unordered';
