-- 0023: who may do what, kept by the store itself: operations of people with single communes run as payengine_commune under row security for reads and writes;
-- pairs of acts that one person may not hold on one run; exceptions by two people (break-glass) (F15 F55 F143).

-- ---------------------------------------------------------------------------------------------------------------------
-- payengine_commune: what payengine_run may do, on rows of one's communes alone. A role of its own, so that work over a whole province is planned as if there
-- were no policies, and costs nothing more.
-- ---------------------------------------------------------------------------------------------------------------------

-- Whether a person may write about somebody: who lives, or has lived, in one of their communes, or whose record is only being made. Of a table that row security keeps, so as its owner.
CREATE FUNCTION of_communes(of_province smallint, of_recipient int) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT payengine_scope() IS NULL
        OR EXISTS (SELECT FROM dated_fact f WHERE f.province_code = of_province AND f.recipient_id = of_recipient AND f.commune_id = ANY (payengine_scope()))
        OR NOT EXISTS (SELECT FROM dated_fact f WHERE f.province_code = of_province AND f.recipient_id = of_recipient)
$$;
REVOKE ALL ON FUNCTION of_communes(smallint, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION of_communes(smallint, int) TO payengine_run;

-- Gives payengine_commune the rights of payengine_run, never on a partition, and on every table with row security the predicate the desk reads by, for reads and for writes.
-- The runner calls it after each numbered file, so that a table made later has them too. Owner's alone.
CREATE FUNCTION share_rights_by_commune() RETURNS void LANGUAGE plpgsql SET search_path = public AS $$
DECLARE one record;
BEGIN
    GRANT USAGE ON SCHEMA public TO payengine_commune;
    FOR one IN SELECT c.oid::regclass AS what, string_agg(DISTINCT a.privilege_type, ', ') AS rights
                 FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
                WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND c.relkind IN ('r', 'p', 'v') AND a.grantee = 'payengine_run'::regrole
                  -- What speaks of people without row security is loaded in bulk, for runs as a whole.
                  AND (c.relkind = 'v' OR c.relrowsecurity OR c.relname IN ('area', 'user_scope') OR NOT EXISTS (SELECT FROM pg_attribute p WHERE p.attrelid = c.oid AND NOT p.attisdropped
                           AND p.attname IN ('commune_id', 'recipient_id', 'payee_no', 'line_no', 'award_no', 'target_no', 'receipt_code')))
                GROUP BY c.oid LOOP
        EXECUTE format('GRANT %s ON %s TO payengine_commune', one.rights, one.what);
    END LOOP;
    FOR one IN SELECT c.oid::regclass AS what, x.privilege_type AS rights, string_agg(quote_ident(a.attname), ', ') AS columns
                 FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid CROSS JOIN LATERAL aclexplode(a.attacl) x
                WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND x.grantee = 'payengine_run'::regrole
                GROUP BY c.oid, x.privilege_type LOOP
        EXECUTE format('GRANT %s (%s) ON %s TO payengine_commune', one.rights, one.columns, one.what);
    END LOOP;
    FOR one IN SELECT c.oid::regclass AS what FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
                WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' AND a.grantee = 'payengine_run'::regrole AND a.privilege_type = 'USAGE' LOOP
        EXECUTE format('GRANT USAGE ON SEQUENCE %s TO payengine_commune', one.what);
    END LOOP;
    -- Months are opened and statistics gathered by work over many people; the rest is what operations on a run of one's own communes call.
    FOR one IN SELECT p.oid::regprocedure AS what FROM pg_proc p CROSS JOIN LATERAL aclexplode(p.proacl) a
                WHERE p.pronamespace = 'public'::regnamespace AND a.grantee = 'payengine_run'::regrole AND a.privilege_type = 'EXECUTE' LOOP
        EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO payengine_commune', one.what);
    END LOOP;
    -- Whoever moves a person out of their communes writes where the person goes: the person decides there, not the row.
    FOR one IN SELECT p.polrelid::regclass AS what, pg_get_expr(p.polqual, p.polrelid) AS rows,
                      EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = p.polrelid AND a.attname = 'recipient_id')
                          AND (p.polrelid = 'dated_fact'::regclass OR pg_get_expr(p.polqual, p.polrelid) ~ 'dated_fact') AS of_person
                 FROM pg_policy p WHERE p.polname = 'desk_scope'
                  AND NOT EXISTS (SELECT FROM pg_policy o WHERE o.polrelid = p.polrelid AND o.polname = 'commune_scope') LOOP
        EXECUTE format('CREATE POLICY commune_scope ON %s TO payengine_commune USING (%s) WITH CHECK (%s)', one.what, one.rows,
            CASE WHEN one.of_person THEN 'of_communes(province_code, recipient_id)' ELSE one.rows END);
    END LOOP;
END $$;
REVOKE ALL ON FUNCTION share_rights_by_commune() FROM PUBLIC;

-- The last number given in a table whose rows are not all one's own: a number says nothing of the row behind it.
CREATE FUNCTION last_number(what text, of_province smallint, of_month int DEFAULT NULL) RETURNS int LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
DECLARE found int;
BEGIN
    CASE what
        WHEN 'payment_case' THEN SELECT max(case_no) INTO found FROM payment_case WHERE province_code = of_province;
        WHEN 'claim' THEN SELECT max(claim_no) INTO found FROM claim WHERE province_code = of_province;
        WHEN 'payment_claim' THEN SELECT max(claim_no) INTO found FROM payment_claim WHERE province_code = of_province;
        WHEN 'account_change' THEN SELECT max(change_no) INTO found FROM account_change WHERE province_code = of_province;
        WHEN 'payee_change' THEN SELECT max(change_no) INTO found FROM payee_change WHERE province_code = of_province;
        WHEN 'cash_correction' THEN SELECT max(correction_no) INTO found FROM cash_correction WHERE province_code = of_province;
        WHEN 'suspension_proposal' THEN SELECT max(proposal_no) INTO found FROM suspension_proposal WHERE province_code = of_province;
        WHEN 'give_back' THEN SELECT max(give_back_no) INTO found FROM give_back WHERE province_code = of_province;
        WHEN 'population_exchange' THEN SELECT max(exchange_no) INTO found FROM population_exchange WHERE province_code = of_province;
        WHEN 'account_inquiry' THEN SELECT max(inquiry_no) INTO found FROM account_inquiry WHERE province_code = of_province;
        WHEN 'cash_list' THEN SELECT max(list_no) INTO found FROM cash_list WHERE province_code = of_province AND month = of_month;
        WHEN 'recipient' THEN SELECT max(recipient_id) INTO found FROM recipient WHERE province_code = of_province;
        WHEN 'award' THEN SELECT max(award_no) INTO found FROM award WHERE province_code = of_province;
        WHEN 'payee' THEN SELECT max(payee_no) INTO found FROM payee WHERE province_code = of_province;
        ELSE RAISE EXCEPTION 'no numbers are given in %', what;
    END CASE;
    RETURN coalesce(found, 0);
END $$;

-- How many payees beside one have an account now, in all communes: a limit on people per account that stopped at a border would be none.
CREATE FUNCTION payees_of_account(of_province smallint, of_tag bytea, but_payee int) RETURNS int LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT count(DISTINCT h.payee_no)::int FROM channel h JOIN payee p ON p.province_code = h.province_code AND p.payee_no = h.payee_no AND p.channel_version = h.version AND p.known_to = 'infinity'
     WHERE h.province_code = of_province AND h.account_tag = of_tag AND h.known_to = 'infinity' AND h.payee_no <> but_payee
$$;
REVOKE ALL ON FUNCTION last_number(text, smallint, int), payees_of_account(smallint, bytea, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION last_number(text, smallint, int), payees_of_account(smallint, bytea, int) TO payengine_run;

-- ---------------------------------------------------------------------------------------------------------------------
-- Territory by days: in which communes a person acts. A row ends by its day, by an administrator, or with the unit it was given for
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE user_scope (
    province_code smallint NOT NULL,
    user_name     text NOT NULL,
    commune_id    int NOT NULL,
    valid_from    timestamptz NOT NULL,
    valid_to      timestamptz NOT NULL DEFAULT 'infinity',
    source        text NOT NULL CHECK (source <> ''),
    person        text NOT NULL,             -- who gave it
    operation_no  bigint,                    -- null: with the account itself
    ended_by      text,
    ended_operation_no bigint,
    PRIMARY KEY (province_code, user_name, commune_id, valid_from),
    FOREIGN KEY (province_code, user_name) REFERENCES app_user,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    FOREIGN KEY (province_code, ended_operation_no) REFERENCES operation (province_code, operation_no),
    CHECK (valid_from <= valid_to),
    CHECK ((ended_by IS NULL) = (ended_operation_no IS NULL)),
    CONSTRAINT nobody_gives_themselves_territory CHECK (operation_no IS NULL OR person <> user_name)
);
COMMENT ON TABLE user_scope IS 'scale: small';
GRANT SELECT, INSERT, UPDATE (valid_to, ended_by, ended_operation_no) ON user_scope TO payengine_run;
-- An account's communes say that it is one of single communes, and which it began with; what it has now are the rows.
REVOKE UPDATE (communes) ON app_user FROM payengine_run;

CREATE FUNCTION begin_territory() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    INSERT INTO user_scope (province_code, user_name, commune_id, valid_from, source, person)
    SELECT NEW.province_code, NEW.user_name, c, NEW.valid_from, 'added with the account', NEW.user_name FROM unnest(NEW.communes) c;
    RETURN NULL;
END $$;
CREATE TRIGGER begin_territory AFTER INSERT ON app_user FOR EACH ROW WHEN (NEW.communes IS NOT NULL AND NEW.valid_from < 'infinity') EXECUTE FUNCTION begin_territory();
-- Whoever waited for the second administrator begins when that one has confirmed.
CREATE TRIGGER begin_territory_later AFTER UPDATE OF valid_from ON app_user FOR EACH ROW WHEN (NEW.communes IS NOT NULL AND OLD.valid_from = 'infinity' AND NEW.valid_from < 'infinity') EXECUTE FUNCTION begin_territory();

-- Whether the unit a commune's code meant on one day is still that unit on another: a code that a successor took over is another unit, and passes no right on.
CREATE FUNCTION unit_stands(of_province smallint, commune int, given_on date, on_day date) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT NOT EXISTS (SELECT FROM area a JOIN area_unit_now u ON u.province_code = a.province_code AND u.code = a.commune_code AND given_on BETWEEN u.first_day AND u.last_day
                        WHERE a.province_code = of_province AND a.commune_id = commune AND a.version = 1 AND u.last_day < on_day)
       AND NOT (EXISTS (SELECT FROM area a JOIN area_unit_now u ON u.province_code = a.province_code AND u.code = a.commune_code AND u.last_day < given_on
                         WHERE a.province_code = of_province AND a.commune_id = commune AND a.version = 1)
                AND NOT EXISTS (SELECT FROM area a JOIN area_unit_now u ON u.province_code = a.province_code AND u.code = a.commune_code AND given_on BETWEEN u.first_day AND u.last_day
                                 WHERE a.province_code = of_province AND a.commune_id = commune AND a.version = 1))
       AND NOT EXISTS (SELECT FROM area a WHERE a.province_code = of_province AND a.commune_id = commune AND a.known_to = 'infinity' AND a.valid_to < on_day AND (a.valid_from IS NULL OR a.valid_from <= given_on))
$$;

-- The communes a person acts in at a moment; null: the whole province.
CREATE FUNCTION user_communes(of_province smallint, name text, at_moment timestamptz) RETURNS int[] LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT CASE WHEN u.communes IS NOT NULL THEN ARRAY(
               SELECT DISTINCT s.commune_id FROM user_scope s
                WHERE s.province_code = of_province AND s.user_name = name AND s.valid_from <= at_moment AND s.valid_to > at_moment
                  AND unit_stands(of_province, s.commune_id, (s.valid_from AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, (at_moment AT TIME ZONE 'Asia/Ho_Chi_Minh')::date) ORDER BY 1) END
      FROM app_user u WHERE u.province_code = of_province AND u.user_name = name
$$;
REVOKE ALL ON FUNCTION unit_stands(smallint, int, date, date), user_communes(smallint, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION unit_stands(smallint, int, date, date), user_communes(smallint, text, timestamptz) TO payengine_run;

-- ---------------------------------------------------------------------------------------------------------------------
-- Pairs that one person may not hold on one run, beside the checks of the tables themselves
-- ---------------------------------------------------------------------------------------------------------------------

-- Whoever had a part in what a run holds gives no level of its approval: its maker, who planned, changed or submitted it, declared its control totals, or asked for
-- an account that it is the first to pay.
CREATE FUNCTION part_in_run(of_province smallint, of_month int, of_run int, of_person text) RETURNS text LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT CASE
        WHEN EXISTS (SELECT FROM run r WHERE (r.province_code, r.month, r.run_no, r.made_by) = (of_province, of_month, of_run, of_person)) THEN 'made'
        WHEN EXISTS (SELECT FROM run_step s WHERE (s.province_code, s.month, s.run_no, s.person, s.step) = (of_province, of_month, of_run, of_person, 'submitted')) THEN 'submitted'
        WHEN EXISTS (SELECT FROM run_step s WHERE (s.province_code, s.month, s.run_no, s.person, s.step) = (of_province, of_month, of_run, of_person, 'planned'))
          OR EXISTS (SELECT FROM run_hold h WHERE (h.province_code, h.month, h.run_no, h.person) = (of_province, of_month, of_run, of_person)) THEN 'changed'
        WHEN EXISTS (SELECT FROM run_control c WHERE (c.province_code, c.month, c.run_no, c.person) = (of_province, of_month, of_run, of_person)) THEN 'declared'
        WHEN EXISTS (SELECT FROM account_change c
                       JOIN account_change_step s ON s.province_code = c.province_code AND s.change_no = c.change_no AND s.step = 'applied'
                       JOIN attempt a ON a.province_code = c.province_code AND a.month = of_month AND a.run_no = of_run AND a.payee_no = c.payee_no AND a.channel_version = s.channel_version
                      WHERE c.province_code = of_province AND c.made_by = of_person
                        AND NOT EXISTS (SELECT FROM attempt e JOIN run_step d ON d.province_code = e.province_code AND d.month = e.month AND d.run_no = e.run_no AND d.step = 'approved'
                                         WHERE e.province_code = of_province AND e.payee_no = a.payee_no AND e.channel_version = a.channel_version AND (e.month, e.run_no) <> (of_month, of_run))) THEN 'account'
    END
$$;
REVOKE ALL ON FUNCTION part_in_run(smallint, int, int, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION part_in_run(smallint, int, int, text) TO payengine_run;

CREATE FUNCTION refuse_approver_with_a_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE part text;
BEGIN
    IF tg_table_name = 'run_step' THEN
        IF NEW.step <> 'approved' THEN RETURN NULL; END IF;
    END IF;
    part := part_in_run(NEW.province_code, NEW.month, NEW.run_no, NEW.person);
    IF part IS NOT NULL THEN
        RAISE EXCEPTION '% has a part in run % of % (%) and cannot approve it', NEW.person, NEW.run_no, NEW.month, part USING ERRCODE = 'check_violation', CONSTRAINT = 'approver_has_no_part';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER approver_has_no_part AFTER INSERT ON run_step FOR EACH ROW EXECUTE FUNCTION refuse_approver_with_a_part();
CREATE TRIGGER approver_has_no_part AFTER INSERT ON run_approval FOR EACH ROW EXECUTE FUNCTION refuse_approver_with_a_part();

-- Where the rules of the run ask for three people, who submits it neither made nor changed it.
CREATE FUNCTION refuse_submitter_with_a_part() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF EXISTS (SELECT FROM run r JOIN run_rules k ON k.province_code = r.province_code AND k.version = r.rules_version
                WHERE (r.province_code, r.month, r.run_no) = (NEW.province_code, NEW.month, NEW.run_no) AND (k.content::jsonb ->> 'checkedByAnother')::boolean)
       AND (NEW.person = NEW.made_by OR EXISTS (SELECT FROM run_step s WHERE (s.province_code, s.month, s.run_no, s.person, s.step) = (NEW.province_code, NEW.month, NEW.run_no, NEW.person, 'planned'))) THEN
        RAISE EXCEPTION '% made or changed run % of % and cannot check it', NEW.person, NEW.run_no, NEW.month USING ERRCODE = 'check_violation', CONSTRAINT = 'checker_has_no_part';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER checker_has_no_part AFTER INSERT ON run_step FOR EACH ROW WHEN (NEW.step = 'submitted') EXECUTE FUNCTION refuse_submitter_with_a_part();

-- Who gave a level of a run's approval, for the content that stands.
CREATE FUNCTION approved_run(of_province smallint, of_month int, of_run int, of_person text) RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS $$
    SELECT EXISTS (SELECT FROM run_step s WHERE (s.province_code, s.month, s.run_no, s.person, s.step) = (of_province, of_month, of_run, of_person, 'approved'))
        OR EXISTS (SELECT FROM run_approval a JOIN run_total t USING (province_code, month, run_no, content_hash)
                    WHERE (a.province_code, a.month, a.run_no, a.person) = (of_province, of_month, of_run, of_person))
$$;
REVOKE ALL ON FUNCTION approved_run(smallint, int, int, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION approved_run(smallint, int, int, text) TO payengine_run;

-- Whoever approved a run does not hand its files over: approval and release are two people's.
CREATE FUNCTION refuse_release_by_approver() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM bank_file f WHERE (f.province_code, f.month, f.file_no) = (NEW.province_code, NEW.month, NEW.file_no) AND approved_run(f.province_code, f.month, f.run_no, NEW.person)) THEN
        RAISE EXCEPTION '% approved the run of file % of % and cannot hand it over', NEW.person, NEW.file_no, NEW.month USING ERRCODE = 'check_violation', CONSTRAINT = 'releaser_is_not_approver';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER releaser_is_not_approver AFTER INSERT ON hand_over FOR EACH ROW EXECUTE FUNCTION refuse_release_by_approver();

-- Nor does whoever approved it record that its cash was paid out.
CREATE FUNCTION refuse_cash_result_by_approver() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE who text;
BEGIN
    SELECT i.person INTO who
      FROM (SELECT DISTINCT n.province_code, n.person, l.origin_month, l.origin_run FROM inserted n
              JOIN cash_line l ON (l.province_code, l.month, l.list_no, l.cash_line_no) = (n.province_code, n.month, n.list_no, n.cash_line_no)) i
     WHERE approved_run(i.province_code, i.origin_month, i.origin_run, i.person) LIMIT 1;
    IF FOUND THEN RAISE EXCEPTION '% approved a run whose cash this is and cannot record its results', who USING ERRCODE = 'check_violation', CONSTRAINT = 'cashier_is_not_approver'; END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cashier_is_not_approver AFTER INSERT ON cash_result REFERENCING NEW TABLE AS inserted FOR EACH STATEMENT EXECUTE FUNCTION refuse_cash_result_by_approver();

-- ---------------------------------------------------------------------------------------------------------------------
-- Break-glass: a role or communes for a while, for one run or one case, asked by one person and granted by another
-- ---------------------------------------------------------------------------------------------------------------------

CREATE TABLE break_glass (
    province_code smallint NOT NULL,
    glass_no      int NOT NULL CHECK (glass_no > 0),
    asked_by      text NOT NULL,
    role          text CHECK (role IN ('maker', 'checker', 'approver', 'chief_approver', 'account_editor', 'cash_officer', 'reconciler', 'commune_officer')),
    communes      int[] CHECK (cardinality(communes) > 0),
    subject       text NOT NULL CHECK (subject ~ '^(run [0-9]{2}-[0-9]{4}-[0-9]{3}|case [1-9][0-9]{0,8})$'),
    reason        text NOT NULL CHECK (length(trim(reason)) >= 10),
    asked_at      timestamptz NOT NULL,
    ends_at       timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, glass_no),
    UNIQUE (province_code, glass_no, asked_by),
    FOREIGN KEY (province_code, asked_by) REFERENCES app_user,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT something_is_asked CHECK (num_nonnulls(role, communes) = 1),
    CONSTRAINT at_most_a_day CHECK (ends_at > asked_at AND ends_at <= asked_at + interval '24 hours')
);

CREATE TABLE break_glass_grant (
    province_code smallint NOT NULL,
    glass_no      int NOT NULL,
    asked_by      text NOT NULL,
    granted_by    text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, glass_no),
    FOREIGN KEY (province_code, glass_no, asked_by) REFERENCES break_glass (province_code, glass_no, asked_by),
    FOREIGN KEY (province_code, granted_by) REFERENCES app_user,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CONSTRAINT nobody_grants_themselves CHECK (granted_by <> asked_by)
);

CREATE TABLE break_glass_end (
    province_code smallint NOT NULL,
    glass_no      int NOT NULL,
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, glass_no),
    FOREIGN KEY (province_code, glass_no) REFERENCES break_glass,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

CREATE TABLE break_glass_use (
    province_code smallint NOT NULL,
    glass_no      int NOT NULL,
    operation_no  bigint NOT NULL,
    PRIMARY KEY (province_code, glass_no, operation_no),
    FOREIGN KEY (province_code, glass_no) REFERENCES break_glass_grant,
    FOREIGN KEY (province_code, operation_no) REFERENCES operation
);

-- The operation of a grant is its granter's, and so is the operation of a question; only an administrator or chief approver grants, for what has not ended.
CREATE FUNCTION refuse_unfit_grant() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM operation o WHERE (o.province_code, o.operation_no, o.person) = (NEW.province_code, NEW.operation_no, NEW.granted_by)) THEN
        RAISE EXCEPTION 'the operation of a grant is its granter''s' USING ERRCODE = 'check_violation', CONSTRAINT = 'granter_acts';
    END IF;
    IF NOT EXISTS (SELECT FROM app_user u WHERE (u.province_code, u.user_name) = (NEW.province_code, NEW.granted_by) AND u.roles && '{administrator,chief_approver}' AND u.valid_to > NEW.at) THEN
        RAISE EXCEPTION '% is neither administrator nor chief approver', NEW.granted_by USING ERRCODE = 'check_violation', CONSTRAINT = 'granter_holds_a_role';
    END IF;
    IF EXISTS (SELECT FROM break_glass g WHERE (g.province_code, g.glass_no) = (NEW.province_code, NEW.glass_no) AND g.ends_at <= NEW.at)
       OR EXISTS (SELECT FROM break_glass_end e WHERE (e.province_code, e.glass_no) = (NEW.province_code, NEW.glass_no)) THEN
        RAISE EXCEPTION 'exception % is over', NEW.glass_no USING ERRCODE = 'check_violation', CONSTRAINT = 'granted_in_time';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER granter_is_fit BEFORE INSERT ON break_glass_grant FOR EACH ROW EXECUTE FUNCTION refuse_unfit_grant();

-- An exception is used by whoever asked for it, while it lasts.
CREATE FUNCTION refuse_unfit_use() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM break_glass g JOIN operation o ON (o.province_code, o.operation_no, o.person) = (NEW.province_code, NEW.operation_no, g.asked_by)
                    WHERE (g.province_code, g.glass_no) = (NEW.province_code, NEW.glass_no) AND o.at < g.ends_at
                      AND NOT EXISTS (SELECT FROM break_glass_end e WHERE (e.province_code, e.glass_no) = (g.province_code, g.glass_no) AND e.at <= o.at)) THEN
        RAISE EXCEPTION 'exception % does not cover operation %', NEW.glass_no, NEW.operation_no USING ERRCODE = 'check_violation', CONSTRAINT = 'used_in_time_by_the_asker';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER use_is_covered BEFORE INSERT ON break_glass_use FOR EACH ROW EXECUTE FUNCTION refuse_unfit_use();

COMMENT ON TABLE break_glass IS 'scale: small';
COMMENT ON TABLE break_glass_grant IS 'scale: small';
COMMENT ON TABLE break_glass_end IS 'scale: small';
COMMENT ON TABLE break_glass_use IS 'scale: small';

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['break_glass', 'break_glass_grant', 'break_glass_end', 'break_glass_use'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
    END LOOP;
END $$;

SELECT share_rights_by_commune();
