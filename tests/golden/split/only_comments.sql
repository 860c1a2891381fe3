-- nothing;

/* at ; all */
