-- 0005: what banks' words and money mean once more than one look is needed: words read as reasons by rules that two persons made, decisions about entries in
-- suspense that can be taken back by a contra decision, one entry split over several payments, statements that a bank corrected.
-- All of it is only inserted; a correction is a new row.

-- ---------------------------------------------------------------------------------------------------------------------
-- Words of banks read as reasons: proposed by one person, approved by another; from then on they count, also for what was said before.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE reason_rule (
    province_code smallint NOT NULL,
    rule_no       int NOT NULL CHECK (rule_no > 0),
    profile       text NOT NULL,              -- id of a bank profile; empty: every bank
    kind          text NOT NULL CHECK (kind IN ('text', 'code')),      -- free words, or a code of the bank's own
    said          text NOT NULL CHECK (said <> ''),
    code          text NOT NULL CHECK (code <> ''),                    -- of the reason policy
    why           text NOT NULL CHECK (why <> ''),
    made_by       text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, rule_no),
    UNIQUE (province_code, rule_no, made_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE reason_rule_decision (
    province_code smallint NOT NULL,
    rule_no       int NOT NULL,
    decision      text NOT NULL CHECK (decision IN ('approved', 'rejected')),
    person        text NOT NULL,
    made_by       text NOT NULL,
    remark        text,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, rule_no),
    FOREIGN KEY (province_code, rule_no, made_by) REFERENCES reason_rule (province_code, rule_no, made_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT reason_approver_is_not_maker CHECK (decision <> 'approved' OR person <> made_by),
    CONSTRAINT reason_rejected_with_remark CHECK (decision <> 'rejected' OR remark <> '')
);

-- ---------------------------------------------------------------------------------------------------------------------
-- Facts: how each was matched (F122), and the bank's own reference of the booking with the bank's number before it
-- ---------------------------------------------------------------------------------------------------------------------

ALTER TABLE bank_fact ADD COLUMN rule smallint, ADD COLUMN bank_ref text;
CREATE INDEX bank_fact_reference ON bank_fact (province_code, bank_ref) WHERE bank_ref IS NOT NULL;

-- What the bank said about an entry in suspense beyond the fact: for the person who matches it, and for proposals.
CREATE TABLE suspense_detail (
    province_code smallint NOT NULL,
    import_no     int NOT NULL,
    entry_no      int NOT NULL,
    detail_no     int NOT NULL,
    account_tag   bytea,                      -- of our account, by its statement
    party_name    text,
    party_tags    bytea[],                    -- of the other side's account, at each bank that pays for us or is paid
    party_tail    text CHECK (length(party_tail) <= 4),
    said_id       text,                       -- an id the bank gave that is none of ours
    remittance    text,
    PRIMARY KEY (province_code, import_no, entry_no, detail_no),
    FOREIGN KEY (province_code, import_no) REFERENCES inbox_file
);

-- ---------------------------------------------------------------------------------------------------------------------
-- Decisions about entries: at most one stands, by the same habit as attempts: version k names the contra decision of version k - 1, and that exists once.
-- ---------------------------------------------------------------------------------------------------------------------

ALTER TABLE match DROP CONSTRAINT match_decision_check;
ALTER TABLE match ADD CONSTRAINT match_decision_check CHECK (decision IN ('attempt', 'batch', 'group', 'funding', 'charge', 'interest', 'other'));
ALTER TABLE match ADD COLUMN version smallint NOT NULL DEFAULT 1 CHECK (version > 0);
ALTER TABLE match ADD COLUMN previous smallint GENERATED ALWAYS AS (CASE WHEN version > 1 THEN version - 1 END) STORED;
ALTER TABLE match ADD COLUMN evidence int;    -- what the entry is evidence of for its target, where that is not the fact's own: a part came back
ALTER TABLE match ADD COLUMN why text;
ALTER TABLE match DROP CONSTRAINT match_pkey;
ALTER TABLE match ADD PRIMARY KEY (province_code, import_no, entry_no, detail_no, version);
CREATE INDEX match_target ON match (province_code, target_month, target_run, target_no, target_part) WHERE target_no IS NOT NULL;

CREATE TABLE match_undo (
    province_code smallint NOT NULL,
    import_no     int NOT NULL,
    entry_no      int NOT NULL,
    detail_no     int NOT NULL,
    version       smallint NOT NULL,
    why           text NOT NULL CHECK (why <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, import_no, entry_no, detail_no, version),
    FOREIGN KEY (province_code, import_no, entry_no, detail_no, version) REFERENCES match,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);
ALTER TABLE match ADD CONSTRAINT match_after_undo FOREIGN KEY (province_code, import_no, entry_no, detail_no, previous) REFERENCES match_undo;

-- The payments of an entry that is about several: a lump return (decision 'group').
CREATE TABLE match_part (
    province_code smallint NOT NULL,
    import_no     int NOT NULL,
    entry_no      int NOT NULL,
    detail_no     int NOT NULL,
    version       smallint NOT NULL,
    target_month  int NOT NULL,
    target_run    int NOT NULL,
    target_no     int NOT NULL,
    target_part   smallint NOT NULL,
    amount_vnd    bigint NOT NULL CHECK (amount_vnd > 0),
    evidence      int NOT NULL,
    PRIMARY KEY (province_code, import_no, entry_no, detail_no, version, target_month, target_run, target_no, target_part),
    FOREIGN KEY (province_code, import_no, entry_no, detail_no, version) REFERENCES match
);
CREATE INDEX match_part_target ON match_part (province_code, target_month, target_run, target_no, target_part);

-- ---------------------------------------------------------------------------------------------------------------------
-- A parked file that a person let in after all, and the files whose words it replaces
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE inbox_accepted (
    province_code smallint NOT NULL,
    import_no     int NOT NULL,
    person        text NOT NULL,
    why           text NOT NULL CHECK (why <> ''),
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, import_no),
    FOREIGN KEY (province_code, import_no) REFERENCES inbox_file,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE inbox_replaced (
    province_code smallint NOT NULL,
    import_no     int NOT NULL,               -- its facts and statements count no longer
    by_import_no  int NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, import_no),
    FOREIGN KEY (province_code, import_no) REFERENCES inbox_file,
    FOREIGN KEY (province_code, by_import_no) REFERENCES inbox_accepted (province_code, import_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (by_import_no <> import_no)
);

-- ---------------------------------------------------------------------------------------------------------------------
-- Views
-- ---------------------------------------------------------------------------------------------------------------------

CREATE VIEW live_match WITH (security_invoker = true) AS
SELECT m.* FROM match m
 WHERE NOT EXISTS (SELECT FROM match_undo u WHERE u.province_code = m.province_code AND u.import_no = m.import_no AND u.entry_no = m.entry_no AND u.detail_no = m.detail_no AND u.version = m.version);

-- Facts with the decision that stands for an entry in suspense; an entry about several payments is a row for each. What a later file replaced is gone.
CREATE OR REPLACE VIEW decided_fact WITH (security_invoker = true) AS
SELECT f.province_code, f.import_no, f.entry_no, f.detail_no, coalesce(p.evidence, m.evidence, f.evidence) AS evidence, f.level, coalesce(p.amount_vnd, f.amount_vnd) AS amount_vnd,
       f.reason_code, f.event_key, f.event_date, f.reported_at,
       CASE WHEN m.decision IS NULL THEN f.target WHEN m.decision IN ('attempt', 'group') THEN 1 WHEN m.decision = 'batch' THEN 2 ELSE 0 END AS target,
       coalesce(p.target_month, m.target_month, f.target_month) AS target_month, coalesce(p.target_run, m.target_run, f.target_run) AS target_run,
       coalesce(p.target_no, m.target_no, f.target_no) AS target_no, coalesce(p.target_part, m.target_part, f.target_part) AS target_part, m.decision
  FROM bank_fact f
  LEFT JOIN live_match m ON f.target = 0 AND m.province_code = f.province_code AND m.import_no = f.import_no AND m.entry_no = f.entry_no AND m.detail_no = f.detail_no
  LEFT JOIN match_part p ON m.decision = 'group' AND p.province_code = m.province_code AND p.import_no = m.import_no AND p.entry_no = m.entry_no AND p.detail_no = m.detail_no AND p.version = m.version
 WHERE NOT EXISTS (SELECT FROM inbox_replaced r WHERE r.province_code = f.province_code AND r.import_no = f.import_no);

-- ---------------------------------------------------------------------------------------------------------------------
-- Rights and row security
-- ---------------------------------------------------------------------------------------------------------------------

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['reason_rule', 'reason_rule_decision', 'suspense_detail', 'match_undo', 'match_part', 'inbox_accepted', 'inbox_replaced'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
    END LOOP;
    -- What names people, or may: seen whole by the province, by others as far as they see the payment.
    FOREACH t IN ARRAY ARRAY['suspense_detail', 'match_part'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY run_all ON %I TO payengine_run USING (true) WITH CHECK (true)', t);
    END LOOP;
    EXECUTE 'CREATE POLICY desk_scope ON suspense_detail FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL)';
    EXECUTE 'CREATE POLICY desk_scope ON match_part FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM disbursement d WHERE d.province_code = match_part.province_code AND d.month = target_month AND d.run_no = target_run AND d.line_no = target_no))';
    GRANT SELECT ON live_match TO payengine_run, payengine_desk;
END $$;
