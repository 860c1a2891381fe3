select 'я;Г';
select дц from ь; -- я;
select $й$;$й$;
