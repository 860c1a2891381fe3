-- The view of R__home_timeline.sql reads this table; named here rather than dropped by CASCADE, so
-- that nothing else can disappear unseen.
drop view if exists home_timeline;
drop table activities;
