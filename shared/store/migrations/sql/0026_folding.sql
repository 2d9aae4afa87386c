-- The alert that told the story first, of one that was folded into it.
ALTER TABLE core.alerts
    ADD COLUMN folded_into uuid REFERENCES core.alerts ON DELETE CASCADE,
    ADD CHECK (NOT folded OR folded_into IS NOT NULL);
CREATE INDEX alerts_folded ON core.alerts (folded_into) WHERE folded_into IS NOT NULL;
