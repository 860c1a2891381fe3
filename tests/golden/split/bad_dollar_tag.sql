select $a$ $A$ $b$ $$;
