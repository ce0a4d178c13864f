-- 0018: the administrative units of every time: terms of districts and communes, what they became, and where parts of divided ones went. F8.
-- Provinces stand in law/provinces.csv. The register's table "area" keeps one number a code and its name of today; these rows say what a code meant on a day.

CREATE TABLE area_unit (
    province_code smallint NOT NULL,
    code          text NOT NULL CHECK (code ~ '^([0-9]{3}|[0-9]{5})$'),
    first_day     date NOT NULL,             -- -infinity: from ever
    version       int NOT NULL CHECK (version > 0),
    last_day      date NOT NULL,             -- infinity: open
    kind          smallint NOT NULL CHECK (kind BETWEEN 3 AND 10 AND (kind <= 6) = (length(code) = 3)),
    name          text NOT NULL CHECK (name <> ''),
    parent_code   text NOT NULL CHECK (length(parent_code) < length(code)),
    successors    text NOT NULL CHECK (successors = '' OR last_day < 'infinity'),
    source        text NOT NULL CHECK (source <> ''),
    is_withdrawn  boolean NOT NULL,
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    previous      int GENERATED ALWAYS AS (CASE WHEN version > 1 THEN version - 1 END) STORED,
    PRIMARY KEY (province_code, code, first_day, version),
    FOREIGN KEY (province_code, code, first_day, previous) REFERENCES area_unit (province_code, code, first_day, version),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (first_day <= last_day)
);

-- The last word on each term.
CREATE VIEW area_unit_now WITH (security_invoker = true) AS
SELECT * FROM (SELECT DISTINCT ON (province_code, code, first_day) * FROM area_unit ORDER BY province_code, code, first_day, version DESC) latest WHERE NOT is_withdrawn;

-- Where a part of a divided commune went: a hamlet (its key), one person, or with neither everybody whom no other row names. A later version counts.
CREATE TABLE area_division (
    province_code smallint NOT NULL,
    from_code     text NOT NULL,
    on_day        date NOT NULL,
    hamlet_key    text NOT NULL,
    recipient_id  int NOT NULL,              -- 0: not by list
    version       int NOT NULL CHECK (version > 0),
    hamlet        text,
    to_code       text NOT NULL,
    source        text NOT NULL CHECK (source <> ''),
    person        text NOT NULL,
    at            timestamptz NOT NULL,
    operation_no  bigint NOT NULL,
    previous      int GENERATED ALWAYS AS (CASE WHEN version > 1 THEN version - 1 END) STORED,
    PRIMARY KEY (province_code, from_code, on_day, hamlet_key, recipient_id, version),
    FOREIGN KEY (province_code, from_code, on_day, hamlet_key, recipient_id, previous) REFERENCES area_division (province_code, from_code, on_day, hamlet_key, recipient_id, version),
    FOREIGN KEY (province_code, operation_no) REFERENCES operation,
    CHECK (hamlet_key = '' OR recipient_id = 0)
);
CREATE INDEX area_division_person ON area_division (province_code, recipient_id);

CREATE VIEW area_division_now WITH (security_invoker = true) AS
SELECT DISTINCT ON (province_code, from_code, on_day, hamlet_key, recipient_id) * FROM area_division ORDER BY province_code, from_code, on_day, hamlet_key, recipient_id, version DESC;

-- The name a commune had in the month of a list: its papers print it for ever, whatever the code means today. What the tree does not know keeps the register's name.
CREATE FUNCTION area_name(province smallint, commune text, list_month int, otherwise text) RETURNS text LANGUAGE sql STABLE SET search_path = public AS $$
    SELECT coalesce((SELECT u.name FROM area_unit_now u WHERE u.province_code = province AND u.code = commune AND make_date(list_month / 100, list_month % 100, 1) BETWEEN u.first_day AND u.last_day), otherwise)
$$;

GRANT EXECUTE ON FUNCTION area_name(smallint, text, int, text) TO payengine_run, payengine_desk;
GRANT SELECT ON area_unit_now, area_division_now TO payengine_run, payengine_desk;

DO $$
DECLARE t text;
BEGIN
    FOREACH t IN ARRAY ARRAY['area_unit', 'area_division'] LOOP
        EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON %I FOR EACH ROW EXECUTE FUNCTION refuse_change()', t);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO payengine_run', t);
        EXECUTE format('GRANT SELECT ON %I TO payengine_desk', t);
    END LOOP;
    -- Units and hamlets are anybody's to see; of people only who lives in one's own communes.
    EXECUTE 'ALTER TABLE area_division ENABLE ROW LEVEL SECURITY';
    EXECUTE 'CREATE POLICY run_all ON area_division TO payengine_run USING (true) WITH CHECK (true)';
    EXECUTE 'CREATE POLICY desk_scope ON area_division FOR SELECT TO payengine_desk USING (recipient_id = 0 OR (SELECT payengine_scope()) IS NULL OR EXISTS (
        SELECT FROM dated_fact f WHERE f.province_code = area_division.province_code AND f.recipient_id = area_division.recipient_id AND f.known_to = ''infinity''))';
END $$;
