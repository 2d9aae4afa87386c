ALTER TABLE core.alerts ADD CHECK (NOT folded OR folded_into IS NOT NULL);
