-- 0006: claims (khoản phải thu hồi): what was listed too much and has not come back, tracked until it is taken back, paid back or written off (F111).
-- A plan writes what it found; approval makes it a claim, or a new version of the one there is; a person's entry (paid back, written off) is a version too.
-- The last version is what is outstanding. Beside the eleven places of money, never inside them.

-- What a plan found: a draft's rows go with the draft. A claim of an earlier list that is no longer outstanding stands here with nothing.
CREATE TABLE claim_found (
    province_code  smallint NOT NULL,
    month          int NOT NULL,
    run_no         int NOT NULL,
    award_no       int NOT NULL,
    component      text NOT NULL,
    cause          smallint NOT NULL CHECK (cause IN (1, 2)),          -- 1 listed after a death, 2 anything else
    recipient_id   int NOT NULL,
    programme      smallint NOT NULL,
    commune_id     int NOT NULL,
    listed_version int NOT NULL,                                       -- version of the memory it was compared with
    for_months     int[] NOT NULL,
    amounts_vnd    bigint[] NOT NULL,
    amount_vnd     bigint NOT NULL CHECK (amount_vnd >= 0),
    sentence_vi    text NOT NULL,
    sentence_en    text NOT NULL,
    citation       text NOT NULL,
    status         text NOT NULL,
    PRIMARY KEY (province_code, month, run_no, award_no, component, cause),
    FOREIGN KEY (province_code, month, run_no) REFERENCES run,
    CHECK (cardinality(for_months) = cardinality(amounts_vnd) AND (amount_vnd > 0) = (cardinality(for_months) > 0))
);

CREATE TABLE claim (
    province_code smallint NOT NULL,
    claim_no      int NOT NULL CHECK (claim_no > 0),
    award_no      int NOT NULL,
    component     text NOT NULL,
    cause         smallint NOT NULL CHECK (cause IN (1, 2)),
    recipient_id  int NOT NULL,
    programme     smallint NOT NULL,
    commune_id    int NOT NULL,                                        -- where the person lived when it was found
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, claim_no),
    UNIQUE (province_code, award_no, component, cause),                -- the next list that finds the same finds this one
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);
CREATE INDEX claim_recipient ON claim (province_code, recipient_id);

CREATE TABLE claim_event (
    province_code  smallint NOT NULL,
    claim_no       int NOT NULL,
    version        int NOT NULL CHECK (version > 0),
    event          text NOT NULL CHECK (event IN ('found', 'recovered', 'written_off')),
    for_months     int[] NOT NULL,                                     -- what is outstanding from now on, by month
    amounts_vnd    bigint[] NOT NULL,
    amount_vnd     bigint NOT NULL CHECK (amount_vnd >= 0),
    listed_version int NOT NULL,                                       -- found: version compared with; recovered, written off: version made
    run_month      int,                                                -- found: the run
    run_no         int,
    recouped_vnd   bigint NOT NULL DEFAULT 0 CHECK (recouped_vnd >= 0), -- found: what that run took back of the months outstanding before
    recorded_vnd   bigint CHECK (recorded_vnd > 0),                    -- recovered, written off: how much
    evidence       text,
    sentence_vi    text,
    sentence_en    text,
    citation       text,
    status         text,
    person         text NOT NULL,
    at             timestamptz NOT NULL,
    operation_no   bigint NOT NULL,
    previous       int GENERATED ALWAYS AS (CASE WHEN version > 1 THEN version - 1 END) STORED,
    PRIMARY KEY (province_code, claim_no, version),
    FOREIGN KEY (province_code, claim_no) REFERENCES claim,
    FOREIGN KEY (province_code, claim_no, previous) REFERENCES claim_event (province_code, claim_no, version),
    FOREIGN KEY (province_code, run_month, run_no) REFERENCES run (province_code, month, run_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (cardinality(for_months) = cardinality(amounts_vnd) AND (amount_vnd > 0) = (cardinality(for_months) > 0)),
    CHECK ((event = 'found') = (run_month IS NOT NULL) AND (run_month IS NULL) = (run_no IS NULL)),
    CHECK ((event = 'found') = (recorded_vnd IS NULL)),
    CHECK (event = 'found' OR coalesce(evidence, '') <> '')
);

-- What is outstanding now.
CREATE VIEW claim_now WITH (security_invoker = true) AS
SELECT DISTINCT ON (e.province_code, e.claim_no) e.province_code, e.claim_no, c.award_no, c.component, c.cause, c.recipient_id, c.programme, c.commune_id,
       e.version, e.event, e.for_months, e.amounts_vnd, e.amount_vnd, e.listed_version
  FROM claim c JOIN claim_event e USING (province_code, claim_no)
 ORDER BY e.province_code, e.claim_no, e.version DESC;

-- A claim that is not settled is somebody's case with a due day; its sum follows the claim.
ALTER TABLE payment_case ADD COLUMN claim_no int;
ALTER TABLE payment_case ADD FOREIGN KEY (province_code, claim_no) REFERENCES claim;
CREATE UNIQUE INDEX one_open_claim_case ON payment_case (province_code, claim_no) WHERE closed_at IS NULL AND claim_no IS NOT NULL;

CREATE OR REPLACE FUNCTION drop_draft(of_province smallint, of_month int, of_run int) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT FROM run_step WHERE province_code = of_province AND month = of_month AND run_no = of_run AND step IN ('approved', 'sealed', 'handed_over', 'closed')) THEN
        RAISE EXCEPTION 'run % of % is approved: its rows stay', of_run, of_month USING ERRCODE = 'restrict_violation';
    END IF;
    DELETE FROM attempt      WHERE province_code = of_province AND month = of_month AND run_no = of_run;
    DELETE FROM disbursement WHERE province_code = of_province AND month = of_month AND run_no = of_run;
    DELETE FROM line         WHERE province_code = of_province AND month = of_month AND run_no = of_run;
    DELETE FROM listed_next  WHERE province_code = of_province AND month = of_month AND run_no = of_run;
    DELETE FROM claim_found  WHERE province_code = of_province AND month = of_month AND run_no = of_run;
    UPDATE run_programme SET voided = true WHERE province_code = of_province AND month = of_month AND run_no = of_run;
END $$;

DO $$
DECLARE t text; in_scope text := '((SELECT payengine_scope()) IS NULL OR commune_id = ANY ((SELECT payengine_scope())::int[]))';
BEGIN
    -- What a plan found is a draft's business, as listed_next is: the desk sees claims.
    GRANT SELECT, INSERT ON claim_found TO payengine_run;
    FOREACH t IN ARRAY ARRAY['claim', 'claim_event'] LOOP
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY run_all ON %I TO payengine_run USING (true) WITH CHECK (true)', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['claim', 'claim_event'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
    END LOOP;
    -- A draft's rows may be dropped by the owner's function, never changed.
    CREATE TRIGGER append_only BEFORE UPDATE ON claim_found FOR EACH ROW EXECUTE FUNCTION refuse_change();
    EXECUTE 'CREATE POLICY desk_scope ON claim FOR SELECT TO payengine_desk USING ' || in_scope;
    EXECUTE 'CREATE POLICY desk_scope ON claim_event FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM claim c WHERE c.province_code = claim_event.province_code AND c.claim_no = claim_event.claim_no))';
END $$;
GRANT SELECT ON claim_now TO payengine_run, payengine_desk;
GRANT UPDATE (amount_vnd) ON payment_case TO payengine_run;
