-- Users to develop with. A changed seed runs again: rows that are there already stay as they are.
insert into users (display_name, handle, email, cognito_user_id)
values
  ('Andrew Brown', 'andrewbrown', 'andrew@example.com', 'MOCK-andrewbrown'),
  ('Andrew Bayko', 'bayko', 'bayko@example.com', 'MOCK-bayko'),
  ('Londo Mollari', 'londo', 'londo@example.com', 'MOCK-londo')
on conflict do nothing;
