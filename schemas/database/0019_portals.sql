-- 0019: the exchange with case-handling portals (một cửa, cổng dịch vụ công): files in with their receipts, applications and their steps, status files out, what the portal says against it. Nothing here pays or changes anybody's record.

-- The procedures we answer for, with their terms. The row with the latest first day not after an application's day counts; of two with one first day the later version.
CREATE TABLE portal_procedure (
    province_code  smallint NOT NULL,
    procedure_code text NOT NULL,
    valid_from     date NOT NULL,
    version        int NOT NULL CHECK (version > 0),
    name           text NOT NULL CHECK (name <> ''),
    subject        smallint NOT NULL CHECK (subject BETWEEN 1 AND 7),
    working_days   smallint NOT NULL CHECK (working_days > 0),
    source         text NOT NULL CHECK (source <> ''),
    person         text NOT NULL,
    at             timestamptz NOT NULL,
    operation_no   bigint NOT NULL,
    previous       int GENERATED ALWAYS AS (CASE WHEN version > 1 THEN version - 1 END) STORED,
    PRIMARY KEY (province_code, procedure_code, valid_from, version),
    FOREIGN KEY (province_code, procedure_code, valid_from, previous) REFERENCES portal_procedure (province_code, procedure_code, valid_from, version),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE portal_inbox (
    province_code smallint NOT NULL,
    inbox_no      int NOT NULL CHECK (inbox_no > 0),
    portal        text NOT NULL CHECK (portal IN ('one_stop', 'national')),
    file_name     text NOT NULL,
    sha256        bytea NOT NULL CHECK (length(sha256) = 32),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, inbox_no),
    UNIQUE (province_code, sha256),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE portal_case (
    province_code smallint NOT NULL,
    case_no       int NOT NULL CHECK (case_no > 0),
    portal        text NOT NULL CHECK (portal IN ('one_stop', 'national')),
    case_id       text NOT NULL CHECK (case_id <> ''),
    inbox_no      int NOT NULL,
    PRIMARY KEY (province_code, case_no),
    UNIQUE (province_code, portal, case_id),
    FOREIGN KEY (province_code, inbox_no) REFERENCES portal_inbox
);

-- What the portal said of an application. The first content stands; another one is a difference until somebody decides.
CREATE TABLE portal_content (
    province_code    smallint NOT NULL,
    case_no          int NOT NULL,
    content_no       int NOT NULL CHECK (content_no > 0),
    digest           bytea NOT NULL CHECK (length(digest) = 32),
    procedure_code   text NOT NULL,
    procedure_name   text NOT NULL,
    subject          smallint NOT NULL CHECK (subject BETWEEN 1 AND 7),
    working_days     smallint NOT NULL CHECK (working_days > 0),
    id_number_key    smallint,
    id_number_cipher bytea,
    id_number_tag    bytea CHECK (length(id_number_tag) = 16),
    id_number_tail   text,
    full_name        text NOT NULL,
    commune_code     text,
    submitted_at     timestamp NOT NULL,     -- Viet Nam's clock, as the portal says it
    event_at         timestamp NOT NULL,
    due_on           date NOT NULL,
    note             text,
    inbox_no         int NOT NULL,
    line             int NOT NULL,
    previous         int GENERATED ALWAYS AS (CASE WHEN content_no > 1 THEN content_no - 1 END) STORED,
    PRIMARY KEY (province_code, case_no, content_no),
    UNIQUE (province_code, case_no, digest),
    FOREIGN KEY (province_code, case_no) REFERENCES portal_case,
    FOREIGN KEY (province_code, case_no, previous) REFERENCES portal_content (province_code, case_no, content_no),
    FOREIGN KEY (province_code, inbox_no) REFERENCES portal_inbox,
    CHECK (submitted_at <= event_at AND event_at::date < due_on)
);

CREATE TABLE portal_content_decision (
    province_code smallint NOT NULL,
    case_no       int NOT NULL,
    content_no    int NOT NULL CHECK (content_no > 1),
    is_taken      boolean NOT NULL,
    reason        text NOT NULL CHECK (reason <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, case_no, content_no),
    FOREIGN KEY (province_code, case_no, content_no) REFERENCES portal_content,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- What each row of a file came to: the receipt can be written again at any time.
CREATE TABLE portal_inbox_row (
    province_code smallint NOT NULL,
    inbox_no      int NOT NULL,
    line          int NOT NULL CHECK (line > 1),
    case_id       text,
    result        smallint NOT NULL CHECK (result BETWEEN 1 AND 4),
    code          text,
    reason        text,
    PRIMARY KEY (province_code, inbox_no, line),
    FOREIGN KEY (province_code, inbox_no) REFERENCES portal_inbox,
    CHECK ((result = 1) = (code IS NULL) OR result = 2)
);

-- The steps of PortalCases.Next as rows: a pair that is not here cannot be written (a test compares).
CREATE TABLE portal_move (
    from_state smallint NOT NULL,            -- 0: none yet
    step       smallint NOT NULL,
    to_state   smallint NOT NULL,
    PRIMARY KEY (from_state, step, to_state)
);
COMMENT ON TABLE portal_move IS 'scale: reference';
INSERT INTO portal_move VALUES (0, 1, 1), (1, 2, 2), (1, 3, 3), (2, 4, 4), (4, 5, 5), (5, 6, 6), (3, 6, 6), (1, 7, 7), (2, 7, 7), (4, 7, 7);

-- The trace: who took which step when and why. The key lets one person take a step, and each starts where the one before ended.
CREATE TABLE portal_step (
    province_code  smallint NOT NULL,
    case_no        int NOT NULL,
    step_no        int NOT NULL CHECK (step_no > 0),
    from_state     smallint NOT NULL CHECK ((from_state = 0) = (step_no = 1)),
    step           smallint NOT NULL,
    state          smallint NOT NULL,
    happened_at    timestamp NOT NULL,       -- Viet Nam's clock
    reason         text,
    person         text NOT NULL,
    at             timestamptz NOT NULL,
    operation_no   bigint NOT NULL,
    previous       int GENERATED ALWAYS AS (CASE WHEN step_no > 1 THEN step_no - 1 END) STORED,
    previous_state smallint GENERATED ALWAYS AS (CASE WHEN step_no > 1 THEN from_state END) STORED,
    PRIMARY KEY (province_code, case_no, step_no),
    UNIQUE (province_code, case_no, step_no, state),
    FOREIGN KEY (province_code, case_no) REFERENCES portal_case,
    FOREIGN KEY (province_code, case_no, previous, previous_state) REFERENCES portal_step (province_code, case_no, step_no, state),
    FOREIGN KEY (from_state, step, state) REFERENCES portal_move,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (step <> 3 OR reason <> '')
);

CREATE TABLE portal_outbox (
    province_code smallint NOT NULL,
    outbox_no     int NOT NULL CHECK (outbox_no > 0),
    portal        text NOT NULL CHECK (portal IN ('one_stop', 'national')),
    file_name     text NOT NULL,
    items         int NOT NULL CHECK (items > 0),
    sha256        bytea NOT NULL CHECK (length(sha256) = 32),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, outbox_no),
    UNIQUE (province_code, sha256),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- Each step is told once; the line is that of the file, whose header is line 1.
CREATE TABLE portal_outbox_row (
    province_code smallint NOT NULL,
    outbox_no     int NOT NULL,
    line          int NOT NULL CHECK (line > 1),
    case_no       int NOT NULL,
    step_no       int NOT NULL CHECK (step_no > 1),
    PRIMARY KEY (province_code, outbox_no, line),
    UNIQUE (province_code, case_no, step_no),
    FOREIGN KEY (province_code, outbox_no) REFERENCES portal_outbox,
    FOREIGN KEY (province_code, case_no, step_no) REFERENCES portal_step
);

CREATE TABLE portal_receipt (
    province_code smallint NOT NULL,
    outbox_no     int NOT NULL,
    line          int NOT NULL,
    receipt_no    int NOT NULL CHECK (receipt_no > 0),
    result        smallint NOT NULL CHECK (result BETWEEN 1 AND 4),
    code          text,
    reason        text,
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, outbox_no, line, receipt_no),
    FOREIGN KEY (province_code, outbox_no, line) REFERENCES portal_outbox_row,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE portal_reconciliation (
    province_code     smallint NOT NULL,
    reconciliation_no int NOT NULL CHECK (reconciliation_no > 0),
    portal            text NOT NULL CHECK (portal IN ('one_stop', 'national')),
    file_name         text NOT NULL,
    sha256            bytea NOT NULL CHECK (length(sha256) = 32),
    same              int NOT NULL,
    differing         int NOT NULL,
    only_theirs       int NOT NULL,
    only_ours         int NOT NULL,
    person            text NOT NULL,
    at                timestamptz NOT NULL,
    operation_no      bigint NOT NULL,
    PRIMARY KEY (province_code, reconciliation_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- Every application with the content that stands, its state, who has it, and how far its last status has come.
CREATE VIEW portal_case_now WITH (security_invoker = true) AS
SELECT c.province_code, c.case_no, c.portal, c.case_id, n.procedure_code, n.procedure_name, n.subject, n.working_days, n.id_number_tag, n.id_number_tail, n.full_name, n.commune_code, n.submitted_at, n.event_at, n.due_on, n.note,
       s.step_no, s.state, s.happened_at, s.reason, s.at, CASE WHEN s.step_no = 1 THEN NULL ELSE s.person END AS worker,
       d.content_no AS differing_no,
       CASE WHEN s.step_no = 1 THEN 3 WHEN o.line IS NULL THEN 1 WHEN r.result IS NULL THEN 2 WHEN r.result = 4 THEN 4 ELSE 3 END AS delivery, r.reason AS receipt_reason
  FROM portal_case c
  JOIN LATERAL (SELECT * FROM portal_content x WHERE x.province_code = c.province_code AND x.case_no = c.case_no
                   AND (x.content_no = 1 OR EXISTS (SELECT FROM portal_content_decision y WHERE y.province_code = x.province_code AND y.case_no = x.case_no AND y.content_no = x.content_no AND y.is_taken))
                 ORDER BY x.content_no DESC LIMIT 1) n ON true
  JOIN LATERAL (SELECT * FROM portal_step x WHERE x.province_code = c.province_code AND x.case_no = c.case_no ORDER BY x.step_no DESC LIMIT 1) s ON true
  LEFT JOIN LATERAL (SELECT x.content_no FROM portal_content x WHERE x.province_code = c.province_code AND x.case_no = c.case_no AND x.content_no > 1
                        AND NOT EXISTS (SELECT FROM portal_content_decision y WHERE y.province_code = x.province_code AND y.case_no = x.case_no AND y.content_no >= x.content_no)
                      ORDER BY x.content_no DESC LIMIT 1) d ON true
  LEFT JOIN portal_outbox_row o ON o.province_code = s.province_code AND o.case_no = s.case_no AND o.step_no = s.step_no
  LEFT JOIN LATERAL (SELECT x.result, coalesce(x.reason, x.code) AS reason FROM portal_receipt x WHERE x.province_code = o.province_code AND x.outbox_no = o.outbox_no AND x.line = o.line ORDER BY x.receipt_no DESC LIMIT 1) r ON true;

GRANT SELECT ON portal_case_now, portal_move TO payengine_run, payengine_desk;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['portal_procedure', 'portal_inbox', 'portal_case', 'portal_content', 'portal_content_decision', 'portal_inbox_row', 'portal_step', 'portal_outbox', 'portal_outbox_row', 'portal_receipt', 'portal_reconciliation'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
    END LOOP;
    -- An application is seen by the commune that answers it, by any content the portal gave; without a commune by the province alone.
    EXECUTE 'ALTER TABLE portal_content ENABLE ROW LEVEL SECURITY';
    EXECUTE 'CREATE POLICY run_all ON portal_content TO payengine_run USING (true) WITH CHECK (true)';
    EXECUTE 'CREATE POLICY desk_scope ON portal_content FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM area a WHERE a.province_code = portal_content.province_code AND a.commune_code = portal_content.commune_code AND a.version = 1 AND a.commune_id = ANY ((SELECT payengine_scope())::int[])))';
    FOREACH t IN ARRAY ARRAY['portal_case', 'portal_content_decision', 'portal_step', 'portal_outbox_row'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY run_all ON %I TO payengine_run USING (true) WITH CHECK (true)', t);
        EXECUTE format('CREATE POLICY desk_scope ON %I FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS ('
            'SELECT FROM portal_content n WHERE n.province_code = %I.province_code AND n.case_no = %I.case_no))', t, t, t);
    END LOOP;
    -- Files name people of every commune.
    FOREACH t IN ARRAY ARRAY['portal_inbox_row', 'portal_receipt'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY run_all ON %I TO payengine_run USING (true) WITH CHECK (true)', t);
        EXECUTE format('CREATE POLICY desk_scope ON %I FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL)', t);
    END LOOP;
END $$;
