--
-- PostgreSQL database dump
--

\restrict 0aBcD

SET statement_timeout = 0;
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);

CREATE FUNCTION public.f() RETURNS integer
    LANGUAGE sql
    BEGIN ATOMIC
 SELECT CASE
             WHEN true THEN 1
             ELSE 2
         END AS "case";
END;

COPY public.t (id, note) FROM stdin;
1	a;b
2	\N
\.


\unrestrict 0aBcD
