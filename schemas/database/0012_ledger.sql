-- 0012: the ledger's periods and its guards: what a posting's members are, periods that close and stay closed, totals declared before a close, a stop of all
-- postings while an invariant is broken, and the order of our own steps held by the store itself.

-- ---------------------------------------------------------------------------------------------------------------------
-- Members: each move of each disbursement, kept or recomputed from the run, file or list (decision 0001)
-- ---------------------------------------------------------------------------------------------------------------------

-- The file or list of the posting a member belongs to: without them a posting of one file could not be told from that of another.
ALTER TABLE posting_member ADD COLUMN file_no int, ADD COLUMN list_month int, ADD COLUMN list_no int;

DROP INDEX posting_run;
CREATE INDEX posting_run ON posting (province_code, run_month, run_no, programme, commune_id);

-- Sums carried over at a close stand on the same disbursements; the digest says on which. Null: closed before digests were kept.
ALTER TABLE carry_over ADD COLUMN digest bytea CHECK (length(digest) = 32);

-- Every move of every disbursement. Whole runs, files and lists are recomputed from their rows; what they would give is left out where the operation kept its members.
CREATE VIEW member_move WITH (security_invoker = true) AS
-- Sets, each made once: asked row by row these questions cost the square of a month.
WITH kept AS MATERIALIZED (
    SELECT DISTINCT m.province_code, m.operation_no FROM posting_member m
), answered AS MATERIALIZED (
    SELECT o.province_code, o.file_month, o.file_no, min(m.operation_no) AS first_no
      FROM posting_member m
      JOIN attempt_in_file o ON o.province_code = m.province_code AND o.month = m.run_month AND o.run_no = m.run_no AND o.line_no = m.line_no AND o.file_no = m.file_no
     WHERE m.from_place IN (3, 4)
     GROUP BY o.province_code, o.file_month, o.file_no
), on_its_way AS MATERIALIZED (
    SELECT h.*
      FROM (SELECT province_code, month, file_no, operation_no, 3::smallint AS from_place, 4::smallint AS to_place FROM hand_over
            UNION ALL
            SELECT province_code, month, file_no, operation_no, 4::smallint, 3::smallint FROM hand_over_outcome WHERE outcome IN ('refused', 'recovered')) h
      LEFT JOIN kept k ON k.province_code = h.province_code AND k.operation_no = h.operation_no
      LEFT JOIN answered a ON a.province_code = h.province_code AND a.file_month = h.month AND a.file_no = h.file_no AND a.first_no < h.operation_no
     WHERE k.operation_no IS NULL AND a.first_no IS NULL
), printed AS MATERIALIZED (
    SELECT l.province_code, l.month, l.list_no, l.operation_no
      FROM cash_list l LEFT JOIN kept k ON k.province_code = l.province_code AND k.operation_no = l.operation_no
     WHERE k.operation_no IS NULL
)
SELECT m.province_code, m.operation_no, m.run_month, m.run_no, m.line_no, m.file_no, m.list_month, m.list_no, d.programme, d.commune_id, m.from_place, m.to_place, m.amount_vnd
  FROM posting_member m
  JOIN disbursement d ON d.province_code = m.province_code AND d.month = m.run_month AND d.run_no = m.run_no AND d.line_no = m.line_no
UNION ALL
-- The list, by the approval that listed it: its postings name the operation; when none is left, the last approval does.
SELECT d.province_code, l.operation_no, d.month, d.run_no, d.line_no, NULL, NULL, NULL, d.programme, d.commune_id, 0::smallint,
       CASE WHEN d.hold_reason IS NOT NULL THEN 1 WHEN a.kind = 1 THEN 3 WHEN a.kind = 2 THEN 8 ELSE 2 END::smallint, d.amount_vnd
  FROM (SELECT s.province_code, s.month, s.run_no,
               coalesce((SELECT p.operation_no FROM posting p WHERE p.province_code = s.province_code AND p.run_month = s.month AND p.run_no = s.run_no AND p.from_place = 0 ORDER BY p.operation_no LIMIT 1),
                        max(s.operation_no)) AS operation_no
          FROM run_step s WHERE s.step = 'approved' GROUP BY s.province_code, s.month, s.run_no) l
  JOIN disbursement d ON d.province_code = l.province_code AND d.month = l.month AND d.run_no = l.run_no
  LEFT JOIN attempt a ON a.province_code = d.province_code AND a.month = d.month AND a.run_no = d.run_no AND a.line_no = d.line_no AND a.attempt = 1
 WHERE d.amount_vnd > 0
UNION ALL
-- A file on its way: from the intent on in transit; back where it was when the bank was proven not to have it. When a bank had answered before, single payments moved, and those are kept.
SELECT f.province_code, h.operation_no, f.month, f.run_no, f.line_no, f.file_no, NULL, NULL, d.programme, d.commune_id, h.from_place, h.to_place, f.amount_vnd
  FROM on_its_way h
  JOIN attempt_in_file f ON f.province_code = h.province_code AND f.file_month = h.month AND f.file_no = h.file_no
  JOIN disbursement d ON d.province_code = f.province_code AND d.month = f.month AND d.run_no = f.run_no AND d.line_no = f.line_no
UNION ALL
SELECT c.province_code, l.operation_no, c.origin_month, c.origin_run, c.line_no, NULL, c.month, c.list_no, d.programme, d.commune_id, 8::smallint, 9::smallint, c.amount_vnd
  FROM cash_line c
  JOIN printed l USING (province_code, month, list_no)
  JOIN disbursement d ON d.province_code = c.province_code AND d.month = c.origin_month AND d.run_no = c.origin_run AND d.line_no = c.line_no;

-- ---------------------------------------------------------------------------------------------------------------------
-- Periods: a month of the ledger closes once, and after it nothing is booked there
-- ---------------------------------------------------------------------------------------------------------------------

-- What a person has declared from books that are not ours (the Treasury's, a bank's, the post's) before a period closes; the last version counts.
CREATE TABLE declared_total (
    province_code smallint NOT NULL REFERENCES tenant,
    month         int NOT NULL,               -- the period
    programme     smallint NOT NULL CHECK (programme BETWEEN 1 AND 4),
    what          text NOT NULL CHECK (what IN ('listed', 'paid_by_account', 'paid_in_cash', 'given_back')),
    version       int NOT NULL CHECK (version > 0),
    items         int NOT NULL CHECK (items >= 0),
    sum_vnd       bigint NOT NULL CHECK (sum_vnd >= 0),
    source        text NOT NULL CHECK (source <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, programme, what, version),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE period_close (
    province_code smallint NOT NULL REFERENCES tenant,
    month         int NOT NULL,
    postings      int NOT NULL CHECK (postings >= 0),
    items         bigint NOT NULL,
    sum_vnd       bigint NOT NULL,            -- đồng moved by the postings of the period
    digest        bytea NOT NULL CHECK (length(digest) = 32),   -- over all postings of the period, in their order
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- What stood in a place that is not final when the period closed: the opening balance of the next one.
CREATE TABLE period_balance (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_month     int NOT NULL,
    run_no        int NOT NULL,
    programme     smallint NOT NULL,
    commune_id    int NOT NULL,
    place         smallint NOT NULL REFERENCES place,
    items         bigint NOT NULL CHECK (items > 0),
    sum_vnd       bigint NOT NULL CHECK (sum_vnd > 0),
    PRIMARY KEY (province_code, month, run_month, run_no, programme, commune_id, place),
    FOREIGN KEY (province_code, month) REFERENCES period_close
);

-- ---------------------------------------------------------------------------------------------------------------------
-- A broken invariant stops every posting until it holds again and a person has said so
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE write_stop (
    province_code smallint NOT NULL REFERENCES tenant,
    stop_no       int NOT NULL CHECK (stop_no > 0),
    findings      jsonb NOT NULL,             -- ids of invariants with what broke them
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, stop_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE write_resume (
    province_code smallint NOT NULL,
    stop_no       int NOT NULL,
    reason        text NOT NULL CHECK (reason <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, stop_no),
    FOREIGN KEY (province_code, stop_no) REFERENCES write_stop,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE FUNCTION refuse_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM write_stop s WHERE s.province_code = NEW.province_code
                  AND NOT EXISTS (SELECT FROM write_resume r WHERE r.province_code = s.province_code AND r.stop_no = s.stop_no)) THEN
        RAISE EXCEPTION 'postings are stopped: an invariant is broken' USING ERRCODE = 'PE126';
    END IF;
    IF EXISTS (SELECT FROM period_close c WHERE c.province_code = NEW.province_code AND c.month >= NEW.month) THEN
        RAISE EXCEPTION 'period % is closed: a later event is booked in the open period and points back', NEW.month USING ERRCODE = 'PE015';
    END IF;
    IF NEW.month <= NEW.run_month AND EXISTS (SELECT FROM run_step s WHERE s.province_code = NEW.province_code AND s.month = NEW.run_month AND s.run_no = NEW.run_no AND s.step = 'closed') THEN
        RAISE EXCEPTION 'run % of % is closed: a later event is booked in the open period and points back', NEW.run_no, NEW.run_month USING ERRCODE = 'PE015';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER open_period_only BEFORE INSERT ON posting FOR EACH ROW EXECUTE FUNCTION refuse_posting();

-- Money leaves a place only where it is: posted twice, or out of the wrong place, the place would fall below zero.
CREATE FUNCTION refuse_overdrawn_place() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
    SELECT t.*, b.items, b.sum_vnd INTO bad
      FROM (SELECT DISTINCT province_code, run_month, run_no, programme, commune_id, from_place FROM inserted WHERE from_place <> 0) t
     CROSS JOIN LATERAL (
            SELECT sum(CASE WHEN p.to_place = t.from_place THEN p.items ELSE -p.items END) AS items, sum(CASE WHEN p.to_place = t.from_place THEN p.sum_vnd ELSE -p.sum_vnd END) AS sum_vnd
              FROM posting p WHERE p.province_code = t.province_code AND p.run_month = t.run_month AND p.run_no = t.run_no AND p.programme = t.programme AND p.commune_id = t.commune_id
               AND t.from_place IN (p.from_place, p.to_place)) b
     WHERE b.items < 0 OR b.sum_vnd < 0 LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'run %/% programme % commune %: place % would hold % payments, % đồng', bad.run_month, bad.run_no, bad.programme, bad.commune_id, bad.from_place, bad.items, bad.sum_vnd
              USING ERRCODE = 'PE101';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER no_place_below_zero AFTER INSERT ON posting REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION refuse_overdrawn_place();

-- A run closes only when the ledger says that nothing is on its way and that every listed đồng has its place. Asked at the commit, when all of the close stands.
CREATE FUNCTION refuse_open_close() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE bad record;
BEGIN
    SELECT coalesce(sum(b.sum_vnd), 0) AS placed, coalesce(sum(b.sum_vnd) FILTER (WHERE b.place IN (3, 4, 5)), 0) AS moving,
           (SELECT t.listed_vnd FROM run_total t WHERE t.province_code = NEW.province_code AND t.month = NEW.month AND t.run_no = NEW.run_no) AS listed
      INTO bad
      FROM (SELECT to_place AS place, sum_vnd FROM posting p WHERE p.province_code = NEW.province_code AND p.run_month = NEW.month AND p.run_no = NEW.run_no
            UNION ALL SELECT from_place, -sum_vnd FROM posting p WHERE p.province_code = NEW.province_code AND p.run_month = NEW.month AND p.run_no = NEW.run_no AND from_place <> 0) b;
    IF bad.moving <> 0 OR bad.placed IS DISTINCT FROM bad.listed THEN
        RAISE EXCEPTION 'run % of % does not close: listed %, in places %, of these on the way %', NEW.run_no, NEW.month, bad.listed, bad.placed, bad.moving USING ERRCODE = 'PE101';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER closes_to_the_dong AFTER INSERT ON run_step DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.step = 'closed') EXECUTE FUNCTION refuse_open_close();

-- ---------------------------------------------------------------------------------------------------------------------
-- Our own steps in their order: the same table as Core's AttemptLife, where each step is stored
-- ---------------------------------------------------------------------------------------------------------------------

-- Approve and Cancel: a list that was taken back or closed takes no further step, and nothing is sealed or closed that was not approved.
CREATE FUNCTION refuse_run_step_out_of_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM run_step s WHERE s.province_code = NEW.province_code AND s.month = NEW.month AND s.run_no = NEW.run_no AND s.step IN ('voided', 'closed')) THEN
        RAISE EXCEPTION 'run % of % has ended: % cannot follow', NEW.run_no, NEW.month, NEW.step USING ERRCODE = 'PE007';
    END IF;
    IF NEW.step IN ('sealed', 'handed_over', 'closed') AND NOT EXISTS (
        SELECT FROM run_step s WHERE s.province_code = NEW.province_code AND s.month = NEW.month AND s.run_no = NEW.run_no AND s.step = CASE NEW.step WHEN 'handed_over' THEN 'sealed' ELSE 'approved' END) THEN
        RAISE EXCEPTION 'run % of %: % before its time', NEW.run_no, NEW.month, NEW.step USING ERRCODE = 'PE007';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER in_order BEFORE INSERT ON run_step FOR EACH ROW EXECUTE FUNCTION refuse_run_step_out_of_order();

-- Seal: only a list that is approved, and stands, is written into files.
CREATE FUNCTION refuse_unapproved_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM run_step s WHERE s.province_code = NEW.province_code AND s.month = NEW.month AND s.run_no = NEW.run_no AND s.step = 'approved')
       OR EXISTS (SELECT FROM run_step s WHERE s.province_code = NEW.province_code AND s.month = NEW.month AND s.run_no = NEW.run_no AND s.step IN ('voided', 'closed')) THEN
        RAISE EXCEPTION 'run % of % is not approved: its payments are written into no file', NEW.run_no, NEW.month USING ERRCODE = 'PE007';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER in_order BEFORE INSERT ON bank_file FOR EACH ROW EXECUTE FUNCTION refuse_unapproved_file();

-- HandOver, LoseTrack: no second intent while the bank has the file or may have it, and none for a withdrawn file.
CREATE FUNCTION refuse_second_hand_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM handed_file h WHERE h.province_code = NEW.province_code AND h.month = NEW.month AND h.file_no = NEW.file_no) THEN
        RAISE EXCEPTION 'file % of %: the bank has it or may have it', NEW.file_no, NEW.month USING ERRCODE = 'PE007';
    END IF;
    IF EXISTS (SELECT FROM bank_file_withdrawal w WHERE w.province_code = NEW.province_code AND w.month = NEW.month AND w.file_no = NEW.file_no) THEN
        RAISE EXCEPTION 'file % of % was withdrawn', NEW.file_no, NEW.month USING ERRCODE = 'PE007';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER in_order BEFORE INSERT ON hand_over FOR EACH ROW EXECUTE FUNCTION refuse_second_hand_over();

-- ProveHandedOver: a doubt ends once, with 'sent' or 'refused'; only what was or may have been sent can be taken back out of the channel.
CREATE FUNCTION refuse_outcome_out_of_order() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ended text[];
BEGIN
    SELECT coalesce(array_agg(o.outcome), '{}') INTO ended FROM hand_over_outcome o
     WHERE o.province_code = NEW.province_code AND o.month = NEW.month AND o.file_no = NEW.file_no AND o.hand_over_no = NEW.hand_over_no;
    IF ended && ARRAY['refused', 'recovered'] OR ('sent' = ANY (ended) AND NEW.outcome <> 'recovered') OR (NEW.outcome = 'unknown' AND ended <> '{}') THEN
        RAISE EXCEPTION 'file % of %: hand-over % ended as %, % cannot follow', NEW.file_no, NEW.month, NEW.hand_over_no, ended, NEW.outcome USING ERRCODE = 'PE007';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER in_order BEFORE INSERT ON hand_over_outcome FOR EACH ROW EXECUTE FUNCTION refuse_outcome_out_of_order();

-- Cancel: a file that the bank has or may have is not withdrawn.
CREATE FUNCTION refuse_withdrawal_of_sent() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM handed_file h WHERE h.province_code = NEW.province_code AND h.month = NEW.month AND h.file_no = NEW.file_no) THEN
        RAISE EXCEPTION 'file % of %: the bank has it or may have it', NEW.file_no, NEW.month USING ERRCODE = 'PE007';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER in_order BEFORE INSERT ON bank_file_withdrawal FOR EACH ROW EXECUTE FUNCTION refuse_withdrawal_of_sent();

-- ---------------------------------------------------------------------------------------------------------------------
-- Rights and row security
-- ---------------------------------------------------------------------------------------------------------------------

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['declared_total', 'period_close', 'period_balance', 'write_stop', 'write_resume'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
    END LOOP;
    EXECUTE 'ALTER TABLE period_balance ENABLE ROW LEVEL SECURITY';
    EXECUTE 'CREATE POLICY run_all ON period_balance TO payengine_run USING (true) WITH CHECK (true)';
    EXECUTE 'CREATE POLICY desk_scope ON period_balance FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR commune_id = ANY ((SELECT payengine_scope())::int[]))';
    GRANT SELECT ON member_move TO payengine_run, payengine_desk;
END $$;
