-- 0015: disputes that no evidence ends: settled by two persons, bound to the facts as they stood; and cash results that were recorded wrongly, corrected by two persons.
-- Nothing is edited: a settlement counts while the facts are what it was bound to, a correction is a row that names the result it takes back.

-- ---------------------------------------------------------------------------------------------------------------------
-- What a settlement is bound to: the same digest as Core's AttemptFacts, and a test compares them. A booking counts once in however many messages it is told, and once more on a statement.
-- The owner's eyes: a commune sees where its sums are by all facts, also by those of an entry that was split over several communes.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE FUNCTION settlement_facts_digest(of_province smallint, of_month int, of_run int, of_line int, of_attempt smallint) RETURNS bytea LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT sha256(convert_to(coalesce(string_agg(told, E'\n' ORDER BY told COLLATE "C"), ''), 'UTF8'))
      FROM (SELECT DISTINCT f.evidence || v.told AS told
              FROM decided_fact f
             CROSS JOIN LATERAL (VALUES (CASE WHEN f.level <= 2 THEN ' booked ' || encode(substring(f.event_key FROM 1 FOR 8), 'hex') || ' ' || coalesce(f.amount_vnd, 0)
                                              ELSE ' said ' || f.level || ' ' || (extract(epoch FROM f.reported_at) * 1000000)::bigint END),
                                        (CASE WHEN f.level = 1 THEN ' stated ' || encode(substring(f.event_key FROM 1 FOR 8), 'hex') || ' ' || coalesce(f.amount_vnd, 0) END)) v (told)
             WHERE v.told IS NOT NULL AND province_code = of_province AND target = 1 AND target_month = of_month AND target_run = of_run AND target_no = of_line AND target_part = of_attempt AND evidence <> 0) facts
$$;

CREATE TABLE settlement (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    line_no       int NOT NULL,
    attempt       smallint NOT NULL,
    settlement_no smallint NOT NULL CHECK (settlement_no > 0),
    case_no       int NOT NULL,
    commune_id    int NOT NULL,
    settled_as    text NOT NULL CHECK (settled_as IN ('paid', 'returned')),
    evidence      int NOT NULL,               -- all of it, as it stood; the booking of its batch included
    facts_digest  bytea NOT NULL CHECK (length(facts_digest) = 32),
    bank_owes_vnd bigint NOT NULL CHECK (bank_owes_vnd >= 0),     -- taken beyond what the settlement explains
    ground        text NOT NULL CHECK (ground <> ''),             -- number and day of the paper
    file_name     text,
    file_sha256   bytea CHECK (length(file_sha256) = 32),         -- of the paper, kept byte for byte
    made_by       text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no, line_no, attempt, settlement_no),
    UNIQUE (province_code, month, run_no, line_no, attempt, settlement_no, made_by),
    FOREIGN KEY (province_code, month, run_no, line_no, attempt) REFERENCES attempt (province_code, month, run_no, line_no, attempt),
    FOREIGN KEY (province_code, case_no) REFERENCES payment_case,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK ((file_name IS NULL) = (file_sha256 IS NULL))
);
CREATE INDEX settlement_case ON settlement (province_code, case_no);

CREATE TABLE settlement_answer (
    province_code smallint NOT NULL,
    month         int NOT NULL,
    run_no        int NOT NULL,
    line_no       int NOT NULL,
    attempt       smallint NOT NULL,
    settlement_no smallint NOT NULL,
    answer        text NOT NULL CHECK (answer IN ('approved', 'rejected')),
    person        text NOT NULL,
    made_by       text NOT NULL,
    remark        text,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, month, run_no, line_no, attempt, settlement_no),
    FOREIGN KEY (province_code, month, run_no, line_no, attempt, settlement_no, made_by) REFERENCES settlement (province_code, month, run_no, line_no, attempt, settlement_no, made_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT settled_by_two_persons CHECK (answer <> 'approved' OR person <> made_by),
    CHECK (answer <> 'rejected' OR coalesce(remark, '') <> '')
);

-- Approved settlements whose facts are what they were bound to; of several on one evidence the last. Whoever asks for a place compares the evidence as well: the booking of a batch has no
-- fact at the payment.
CREATE VIEW bound_settlement WITH (security_invoker = true) AS
SELECT DISTINCT ON (s.province_code, s.month, s.run_no, s.line_no, s.attempt, s.evidence) s.province_code, s.month, s.run_no, s.line_no, s.attempt, s.settlement_no, s.settled_as, s.evidence, s.bank_owes_vnd, a.operation_no
  FROM settlement s
  JOIN settlement_answer a USING (province_code, month, run_no, line_no, attempt, settlement_no)
 WHERE a.answer = 'approved' AND s.facts_digest = settlement_facts_digest(s.province_code, s.month, s.run_no, s.line_no, s.attempt)
 ORDER BY s.province_code, s.month, s.run_no, s.line_no, s.attempt, s.evidence, s.settlement_no DESC;

-- Nobody pays again what stands settled as paid. First attempts come by COPY into a month's partition, later ones by INSERT here.
CREATE FUNCTION refuse_attempt_after_settled_paid() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE s record;
BEGIN
    FOR s IN SELECT b.* FROM inserted i
               JOIN bound_settlement b ON b.province_code = i.province_code AND b.month = i.month AND b.run_no = i.run_no AND b.line_no = i.line_no AND b.attempt = i.attempt - 1
              WHERE b.settled_as = 'paid' LOOP
        IF EXISTS (SELECT FROM attempt_evidence e WHERE e.province_code = s.province_code AND e.month = s.month AND e.run_no = s.run_no AND e.line_no = s.line_no AND e.attempt = s.attempt AND e.evidence = s.evidence) THEN
            RAISE EXCEPTION 'run % of % line %: attempt % is settled as paid by two persons', s.run_no, s.month, s.line_no, s.attempt USING ERRCODE = 'restrict_violation', CONSTRAINT = 'settled_paid_stays_paid';
        END IF;
    END LOOP;
    RETURN NULL;
END $$;
CREATE TRIGGER settled_paid_stays_paid AFTER INSERT ON attempt REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION refuse_attempt_after_settled_paid();

-- ---------------------------------------------------------------------------------------------------------------------
-- A cash result that was recorded wrongly: taken back by two persons. The result stays what it was; the correction says that it counts no longer.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE cash_correction (
    province_code smallint NOT NULL,
    correction_no int NOT NULL CHECK (correction_no > 0),
    month         int NOT NULL,
    list_no       int NOT NULL,
    cash_line_no  int NOT NULL,
    paid_by_operation bigint NOT NULL,        -- the operation whose posting is taken back
    case_no       int NOT NULL,
    commune_id    int NOT NULL,               -- of the list
    ground        text NOT NULL CHECK (ground <> ''),
    file_name     text,
    file_sha256   bytea CHECK (length(file_sha256) = 32),
    proposed_by   text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, correction_no),
    UNIQUE (province_code, correction_no, proposed_by),
    FOREIGN KEY (province_code, month, list_no, cash_line_no) REFERENCES cash_result,
    FOREIGN KEY (province_code, case_no) REFERENCES payment_case,
    FOREIGN KEY (province_code, paid_by_operation) REFERENCES operation (province_code, operation_no),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK ((file_name IS NULL) = (file_sha256 IS NULL))
);

CREATE TABLE cash_correction_decision (
    province_code smallint NOT NULL,
    correction_no int NOT NULL,
    accepted      boolean NOT NULL,
    decision      text NOT NULL CHECK (decision <> ''),
    person        text NOT NULL,
    proposed_by   text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, correction_no),
    FOREIGN KEY (province_code, correction_no, proposed_by) REFERENCES cash_correction (province_code, correction_no, proposed_by),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT correction_decided_by_another CHECK (NOT accepted OR person <> proposed_by)
);

-- Of a line one proposal waits at a time, and a result is taken back once.
CREATE FUNCTION refuse_second_correction() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM cash_correction c LEFT JOIN cash_correction_decision d USING (province_code, correction_no)
                WHERE c.province_code = NEW.province_code AND c.month = NEW.month AND c.list_no = NEW.list_no AND c.cash_line_no = NEW.cash_line_no AND d.accepted IS NOT FALSE) THEN
        RAISE EXCEPTION 'list %/% line %: a correction waits or stands', NEW.month, NEW.list_no, NEW.cash_line_no USING ERRCODE = 'unique_violation', CONSTRAINT = 'one_correction_a_result';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER one_correction_a_result BEFORE INSERT ON cash_correction FOR EACH ROW EXECUTE FUNCTION refuse_second_correction();

-- Results as they count: a paid one that was taken back is an uncollected one, of the day it was corrected on.
CREATE VIEW cash_outcome WITH (security_invoker = true) AS
SELECT r.province_code, r.month, r.list_no, r.cash_line_no, CASE WHEN d.accepted THEN 'uncollected' ELSE r.result END AS result, r.paid_on, r.receiver, r.person, r.at, r.operation_no
  FROM cash_result r
  LEFT JOIN (cash_correction c JOIN cash_correction_decision d ON d.province_code = c.province_code AND d.correction_no = c.correction_no AND d.accepted)
         ON c.province_code = r.province_code AND c.month = r.month AND c.list_no = r.list_no AND c.cash_line_no = r.cash_line_no;

-- ---------------------------------------------------------------------------------------------------------------------
-- The place and amount of every disbursement of an approved run; the same rule as Core's Places.Of, and a test compares them. It stands here because it needs holds that were released,
-- sums that were given back and disputes that were settled.
-- Views: 1 silent, 2 at bank, 3 paid, 4 rejected, 5 cancelled, 6 return announced, 8 contradicted; 64 rejected, 128 cancelled; money is out: 16 settled, 32 credited, 512 debit booked; 65536: a debit may hold it and nobody
-- can say. A proven end that the evidence no longer bears is disputed: nobody pays again on it.
-- ---------------------------------------------------------------------------------------------------------------------

CREATE VIEW position WITH (security_invoker = true) AS
WITH latest AS (
    -- Attempts follow each other without a gap, and nearly every payment has one: those with a next one are few.
    SELECT s.* FROM attempt_state s
     WHERE NOT EXISTS (SELECT FROM attempt n WHERE n.province_code = s.province_code AND n.month = s.month AND n.run_no = s.run_no AND n.line_no = s.line_no AND n.attempt = s.attempt + 1 AND n.attempt > 1)
)
SELECT d.province_code, d.month, d.run_no, d.line_no, d.recipient_id, d.programme, d.commune_id, d.amount_vnd, l.attempt, l.kind, l.route_no, l.file_month, l.file_no,
       CASE WHEN l.attempt IS NULL THEN CASE WHEN d.hold_reason IS NOT NULL AND r.line_no IS NULL THEN 1 ELSE 2 END
            WHEN l.kind = 2 THEN CASE WHEN l.ended_how IS NOT NULL THEN 7 WHEN l.cash_result = 'paid' THEN 10 WHEN l.on_list THEN 9
                                      WHEN EXISTS (SELECT FROM given_back g WHERE g.province_code = l.province_code AND g.month = l.month AND g.run_no = l.run_no AND g.line_no = l.line_no AND g.attempt = l.attempt) THEN 11
                                      ELSE 8 END
            WHEN s.settled_as = 'paid' THEN 6
            WHEN s.settled_as = 'returned' AND l.ended_how IS NOT NULL THEN 7
            WHEN l.bank_view = 8 THEN 5
            WHEN l.ended_how IS NOT NULL AND (l.bank_view IN (2, 3) OR (l.bank_view = 6 AND (l.evidence & (16 | 32 | 512) <> 0 OR l.evidence & (64 | 128) = 0)) OR (l.bank_view IN (4, 5, 6) AND l.evidence & 65536 <> 0) OR (l.bank_view = 1 AND l.handed_over)) THEN 5
            WHEN l.ended_how IS NOT NULL THEN 7
            WHEN l.bank_view = 3 THEN 6
            WHEN l.bank_view <> 1 OR l.handed_over THEN 4
            ELSE 3 END::smallint AS place
  FROM disbursement d
  LEFT JOIN latest l USING (province_code, month, run_no, line_no)
  LEFT JOIN run_hold_release r ON r.province_code = d.province_code AND r.month = d.month AND r.run_no = d.run_no AND r.line_no = d.line_no AND r.after_approval
  LEFT JOIN bound_settlement s ON s.province_code = l.province_code AND s.month = l.month AND s.run_no = l.run_no AND s.line_no = l.line_no AND s.attempt = l.attempt AND s.evidence = l.evidence
 WHERE d.amount_vnd > 0
   AND EXISTS (SELECT FROM run_step s WHERE s.province_code = d.province_code AND s.month = d.month AND s.run_no = d.run_no AND s.step = 'approved');

CREATE VIEW certificate WITH (security_invoker = true) AS
SELECT province_code, month, run_no, programme, commune_id, place, count(*)::int AS items, sum(amount_vnd)::bigint AS sum_vnd
  FROM position GROUP BY province_code, month, run_no, programme, commune_id, place;

GRANT SELECT ON position, certificate TO payengine_run, payengine_desk;

-- ---------------------------------------------------------------------------------------------------------------------
-- Append-only, rights, row security
-- ---------------------------------------------------------------------------------------------------------------------

DO $$
DECLARE t text; in_scope text := '((SELECT payengine_scope()) IS NULL OR commune_id = ANY ((SELECT payengine_scope())::int[]))';
BEGIN
    FOREACH t IN ARRAY ARRAY['settlement', 'settlement_answer', 'cash_correction', 'cash_correction_decision'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', t);
        EXECUTE format('CREATE POLICY run_all ON %I TO payengine_run USING (true) WITH CHECK (true)', t);
    END LOOP;
    FOREACH t IN ARRAY ARRAY['settlement', 'cash_correction'] LOOP
        EXECUTE format('CREATE POLICY desk_scope ON %I FOR SELECT TO payengine_desk USING ' || in_scope, t);
    END LOOP;
    EXECUTE 'CREATE POLICY desk_scope ON settlement_answer FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM settlement s WHERE s.province_code = settlement_answer.province_code AND s.month = settlement_answer.month AND s.run_no = settlement_answer.run_no AND s.line_no = settlement_answer.line_no
           AND s.attempt = settlement_answer.attempt AND s.settlement_no = settlement_answer.settlement_no))';
    EXECUTE 'CREATE POLICY desk_scope ON cash_correction_decision FOR SELECT TO payengine_desk USING ((SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM cash_correction c WHERE c.province_code = cash_correction_decision.province_code AND c.correction_no = cash_correction_decision.correction_no))';
    GRANT SELECT ON bound_settlement, cash_outcome TO payengine_run, payengine_desk;
END $$;
REVOKE ALL ON FUNCTION settlement_facts_digest(smallint, int, int, int, smallint), refuse_attempt_after_settled_paid(), refuse_second_correction() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION settlement_facts_digest(smallint, int, int, int, smallint) TO payengine_run, payengine_desk;
