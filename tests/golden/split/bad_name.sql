select "open;
