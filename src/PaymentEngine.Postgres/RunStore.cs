using System.Text.Json;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;

namespace PaymentEngine.Postgres;

/// <summary>A run that a plan is about to make: everything frozen but its number.</summary>
/// <param name="KnownAt">Knowledge of the register the run is computed with.</param>
/// <param name="LawKnownOn">Day on which acts had to be in force, and rows of the register recorded, to count.</param>
/// <param name="PreviousMonth">The regular run compared with; null for a payer's first.</param>
/// <param name="RouteTableNo">The payer's standing table of routes; null when it has none.</param>
/// <param name="Profiles">What the profiles of the routes say.</param>
public sealed record NewRun(short ProvinceCode, YearMonth Month, StoredPayer Payer, byte[] LawHash, Instant KnownAt, LocalDate LawKnownOn, LocalDate ExecutionFrom, LocalDate ExecutionTo,
    Instant PlannedAt, string MadeBy, int? PreviousMonth, int? PreviousRun, IReadOnlyList<RunRoute> Routes, int? RouteTableNo, IReadOnlyList<ProfileContent> Profiles)
{
    /// <summary>One of <see cref="RunKinds"/>.</summary>
    public string Kind { get; init; } = RunKinds.Regular;

    /// <summary>Why an off-cycle run is made; null for a regular one.</summary>
    public string? Reason { get; init; }

    /// <summary>The programmes of the run: those of the payer, or some of them.</summary>
    public IReadOnlyList<Core.Recipients.Programme> Programmes { get; init; } = Payer.Programmes;

    /// <summary>Version of the rules of runs; 0 is the program's own.</summary>
    public int RulesVersion { get; init; }
}

/// <summary>Kinds of a run, as the store names them.</summary>
public static class RunKinds
{
    /// <summary>The month's list of a payer; one that stands for each programme and month.</summary>
    public const string Regular = "regular";

    /// <summary>After the month's list: what has become due since, for whoever was forgotten or decided late (đợt chi ngoài kỳ: truy lĩnh).</summary>
    public const string Supplementary = "supplementary";

    /// <summary>After the month's list: one-time benefits alone (đợt chi ngoài kỳ: trợ cấp một lần).</summary>
    public const string OneOff = "one_off";

    /// <summary>Pays again what failed (đợt chi bổ sung): lists nothing, carries attempts of earlier runs.</summary>
    public const string Regularisation = "regularisation";

    /// <summary>Runs beside the regular ones that list something of their own.</summary>
    public static bool IsOffCycle(string kind) => kind is Supplementary or OneOff;
}

/// <summary>A run as stored.</summary>
public sealed record StoredRun
{
    public short ProvinceCode { get; init; }
    public int Month { get; init; }
    public int RunNo { get; init; }
    public int PayerNo { get; init; }
    public int PayerVersion { get; init; }
    public string PayerCode { get; init; } = "";
    public string PayerName { get; init; } = "";
    public bool PayerIsCommune { get; init; }
    public string DebtorBin { get; init; } = "";
    public int CountsFrom { get; init; }
    public short[] Programmes { get; init; } = [];
    public int[] Communes { get; init; } = [];
    public bool WholeProvince { get; init; }
    public byte[] LawHash { get; init; } = [];
    public Instant KnownAt { get; init; }
    public LocalDate LawKnownOn { get; init; }
    public LocalDate ExecutionFrom { get; init; }
    public LocalDate ExecutionTo { get; init; }
    public Instant PlannedAt { get; init; }
    public string MadeBy { get; init; } = "";

    /// <summary>One of <see cref="RunKinds"/>.</summary>
    public string Kind { get; init; } = RunKinds.Regular;
    public int? PreviousMonth { get; init; }
    public int? PreviousRun { get; init; }

    /// <summary>Why an off-cycle run is made.</summary>
    public string? Reason { get; init; }

    /// <summary>Version of the rules of runs it is judged by; 0 is the program's own.</summary>
    public int RulesVersion { get; init; }
    public bool Voided { get; init; }

    /// <summary>Null while the plan is not finished.</summary>
    public byte[]? ContentHash { get; init; }

    /// <summary>The last step; null while the plan is not finished.</summary>
    public string? Step { get; init; }
    public int Partitions { get; init; }
    public int PartitionsDone { get; init; }

    /// <summary>People in its partitions, and in those that are done.</summary>
    public int People { get; init; }
    public int PeopleDone { get; init; }

    public RunId Id => new(ProvinceCode, Months.FromKey(Month), RunNo);
}

/// <summary>One partition of a run's work: the people of a range of communes, by number.</summary>
public sealed record RunPartition
{
    public int PartitionNo { get; init; }
    public int CommuneFrom { get; init; }
    public int CommuneTo { get; init; }
    public int RecipientFrom { get; init; }
    public int RecipientTo { get; init; }
    public int People { get; init; }
}

/// <summary>Runs while they are planned: the draft with its frozen partitions, the claim of the next partition, its rows.</summary>
public static class RunStore
{
    /// <summary>About so many people make a partition.</summary>
    public const int PartitionPeople = 2_500;

    /// <summary>A commune with more people than this is cut by recipient number: a partition has 32,767 places, and some people have several disbursements.</summary>
    public const int PartitionPeopleMax = 8_000;

    const string PlanStage = "plan";

    const string LockMonth = """
        -- RunStore.LockMonth: one plan of a month at a time gives out run numbers.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.run', @provinceCode * 1000000 + @month));
        """;

    const string LockRun = """
        -- RunStore.LockRun: one step of a run at a time; runs of other payers go on beside it.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.run ' || @runNo, @provinceCode * 1000000 + @month));
        """;

    const string Run = """
        -- RunStore.Run
        SELECT r.province_code, r.month, r.run_no, r.payer_no, r.payer_version, p.payer_code, p.name AS payer_name, p.kind = 'commune' AS payer_is_commune, p.debtor_bin, p.counts_from,
               (SELECT array_agg(x.programme ORDER BY x.programme) FROM run_programme x WHERE (x.province_code, x.month, x.run_no) = (r.province_code, r.month, r.run_no)) AS programmes,
               coalesce((SELECT array_agg(DISTINCT a.commune_id ORDER BY a.commune_id) FROM area a WHERE a.province_code = p.province_code AND a.commune_code = ANY (p.commune_codes)), '{}') AS communes,
               cardinality(p.commune_codes) = 0 AS whole_province,
               r.law_hash, r.known_at, r.law_known_on, r.execution_from, r.execution_to, r.planned_at, r.made_by, r.previous_month, r.previous_run, r.kind, r.reason, r.rules_version,
               coalesce((SELECT bool_or(x.voided) FROM run_programme x WHERE (x.province_code, x.month, x.run_no) = (r.province_code, r.month, r.run_no)), false) AS voided,
               t.content_hash, s.step,
               w.partitions, w.partitions_done, w.people, w.people_done
          FROM run r
          JOIN payer p ON p.province_code = r.province_code AND p.payer_no = r.payer_no AND p.version = r.payer_version
          LEFT JOIN run_total t ON (t.province_code, t.month, t.run_no) = (r.province_code, r.month, r.run_no)
          LEFT JOIN run_state s ON (s.province_code, s.month, s.run_no) = (r.province_code, r.month, r.run_no)
         CROSS JOIN LATERAL (SELECT count(*)::int AS partitions, count(x.done_at)::int AS partitions_done, coalesce(sum(x.people), 0)::int AS people,
                                    coalesce(sum(x.people) FILTER (WHERE x.done_at IS NOT NULL), 0)::int AS people_done
                               FROM run_partition x WHERE (x.province_code, x.month, x.run_no, x.stage) = (r.province_code, r.month, r.run_no, 'plan')) w
         WHERE r.province_code = @provinceCode AND r.month = @month AND (@runNo IS NULL OR r.run_no = @runNo)
         ORDER BY r.run_no;
        """;

    const string Previous = """
        -- RunStore.Previous: the last approved regular run of the payer before the month, and the last month its programmes are listed through.
        SELECT p.month AS Month, max(p.run_no) AS RunNo
          FROM run_programme p
         WHERE p.province_code = @provinceCode AND p.payer_no = @payerNo AND p.regular AND NOT p.voided AND p.programme = ANY (@programmes) AND p.month < @month
           AND EXISTS (SELECT FROM run_step s WHERE (s.province_code, s.month, s.run_no) = (p.province_code, p.month, p.run_no) AND s.step = 'approved')
         GROUP BY p.month ORDER BY p.month DESC LIMIT 1;
        """;

    const string OpenBefore = """
        -- RunStore.OpenBefore: regular runs of the payer's programmes in earlier months that are neither approved nor returned.
        SELECT DISTINCT p.month AS Month, p.run_no AS RunNo
          FROM run_programme p
         WHERE p.province_code = @provinceCode AND p.payer_no = @payerNo AND p.regular AND NOT p.voided AND p.programme = ANY (@programmes) AND p.month < @month
           AND NOT EXISTS (SELECT FROM run_step s WHERE (s.province_code, s.month, s.run_no) = (p.province_code, p.month, p.run_no) AND s.step = 'approved')
         ORDER BY p.month, p.run_no;
        """;

    const string NotClosedBefore = """
        -- RunStore.NotClosedBefore: approved regular runs of the payer's programmes before the month that are not closed.
        SELECT DISTINCT p.month AS Month, p.run_no AS RunNo
          FROM run_programme p
         WHERE p.province_code = @provinceCode AND p.payer_no = @payerNo AND p.regular AND NOT p.voided AND p.programme = ANY (@programmes) AND p.month < @month
           AND EXISTS (SELECT FROM run_step s WHERE (s.province_code, s.month, s.run_no) = (p.province_code, p.month, p.run_no) AND s.step = 'approved')
           AND NOT EXISTS (SELECT FROM run_step s WHERE (s.province_code, s.month, s.run_no) = (p.province_code, p.month, p.run_no) AND s.step = 'closed')
         ORDER BY p.month, p.run_no;
        """;

    const string InsertRun = """
        -- RunStore.InsertRun
        INSERT INTO run (province_code, month, run_no, payer_no, payer_version, kind, law_hash, known_at, law_known_on, execution_from, execution_to, planned_at, made_by, previous_month, previous_run, operation_no, rules_version, reason)
        SELECT @provinceCode, @month, coalesce(max(run_no), 0) + 1, @payerNo, @payerVersion, @kind, @lawHash, @knownAt, @lawKnownOn, @executionFrom, @executionTo, @plannedAt, @madeBy, @previousMonth, @previousRun, @operationNo, @rulesVersion, @reason
          FROM run WHERE province_code = @provinceCode AND month = @month
        RETURNING run_no;
        """;

    const string InsertProgrammes = """
        -- RunStore.InsertProgrammes: the unique index refuses a second regular run of a payer's programme.
        INSERT INTO run_programme (province_code, month, payer_no, programme, run_no, regular)
        SELECT @provinceCode, @month, @payerNo, programme, @runNo, @regular FROM unnest(@programmes) AS programme;
        """;

    const string InsertRoutes = """
        -- RunStore.InsertRoutes
        INSERT INTO run_route (province_code, month, run_no, route_no, programme, profile, category_purpose, purpose, service_level, profile_sha256, channel, payer_no, table_no, place)
        SELECT @provinceCode, @month, @runNo, number, programme, profile, category, purpose, level, sha256, channel,
               CASE WHEN place > 0 THEN @payerNo END, CASE WHEN place > 0 THEN @tableNo END, CASE WHEN place > 0 THEN place END
          FROM unnest(@numbers, @routeProgrammes, @profiles, @categories, @purposes, @levels, @hashes, @channels, @places)
            AS route (number, programme, profile, category, purpose, level, sha256, channel, place);
        """;

    const string MakePeople = """
        -- RunStore.MakePeople
        CREATE TEMPORARY TABLE IF NOT EXISTS plan_people (commune_id int NOT NULL, recipient_id int NOT NULL, listed_through int, PRIMARY KEY (commune_id, recipient_id));
        TRUNCATE plan_people;
        """;

    const string FillSomePeople = """
        -- RunStore.FillSomePeople
        INSERT INTO plan_people (commune_id, recipient_id) SELECT 0, id FROM unnest(@ids) AS id;
        ANALYZE plan_people;
        """;

    // Of a commune's payer only those are looked at who were ever recorded there: with a payer a commune, looking through the province for each would cost the square of it.
    const string EverThere = "AND x.recipient_id IN (SELECT y.recipient_id FROM dated_fact y WHERE y.province_code = @provinceCode AND y.commune_id = ANY (@communes))";

    const string OfThem = "AND d.recipient_id IN (SELECT recipient_id FROM lives)";

    const string FillPeople = """
        -- RunStore.FillPeople: who lives in the payer's area in the list month, by what was known, and has an award of its programmes; and the last month whose
        -- approved list held them, whoever paid it: people move between payers, and programmes did (335/2026/NĐ-CP, Điều 28). It is looked for from the
        -- month of the payer that is furthest behind, at most a year back.
        INSERT INTO plan_people (commune_id, recipient_id, listed_through)
        WITH lives AS (
            SELECT f.recipient_id, f.commune_id
              FROM (SELECT DISTINCT ON (x.recipient_id) x.recipient_id, x.commune_id
                      FROM dated_fact x
                     WHERE x.province_code = @provinceCode AND x.known_from <= @knownAt AND x.known_to > @knownAt AND x.facts_from <= @month
                       AND (x.recorded_on IS NULL OR x.recorded_on <= @lawKnownOn) {0}
                     ORDER BY x.recipient_id, x.facts_from DESC, x.recorded_on DESC NULLS LAST, x.version DESC) f
             WHERE (@wholeProvince OR f.commune_id = ANY (@communes))
               AND EXISTS (SELECT FROM award a WHERE a.province_code = @provinceCode AND a.recipient_id = f.recipient_id AND a.programme = ANY (@programmes)
                              AND a.known_from <= @knownAt AND a.known_to > @knownAt)
               -- Whoever moved between the lists of two payers is on one of them: the month that is listed there is not listed again, and what else is due comes with the next list.
               AND (@listedBefore > @month OR NOT EXISTS (
                   SELECT FROM disbursement d JOIN run o ON o.province_code = d.province_code AND o.month = d.month AND o.run_no = d.run_no AND o.kind = 'regular' AND o.planned_at <= @knownAt
                    WHERE d.province_code = @provinceCode AND d.month = @month AND d.run_no <> @runNo AND d.recipient_id = f.recipient_id AND d.programme = ANY (@programmes)))
        ), approved AS (
            -- A supplementary run has compared everything of its people through its month, as a regular one has; one-off benefits alone say nothing of a month.
            SELECT DISTINCT p.month, p.run_no, p.payer_no FROM run_programme p
              JOIN run r ON (r.province_code, r.month, r.run_no) = (p.province_code, p.month, p.run_no) AND r.kind IN ('regular', 'supplementary')
              JOIN run_step s ON (s.province_code, s.month, s.run_no) = (p.province_code, p.month, p.run_no) AND s.step = 'approved' AND s.at <= @knownAt
             WHERE p.province_code = @provinceCode AND NOT p.voided AND p.programme = ANY (@programmes) AND p.month < @listedBefore
        )
        SELECT l.commune_id, l.recipient_id, t.through
          FROM lives l
          LEFT JOIN (SELECT d.recipient_id, max(d.month) AS through
                       FROM disbursement d JOIN approved a ON a.month = d.month AND a.run_no = d.run_no
                      WHERE d.province_code = @provinceCode AND d.programme = ANY (@programmes) AND d.month < @listedBefore AND d.month >= @month - 100
                        AND d.month >= (SELECT min(last) FROM (SELECT max(month) AS last FROM approved GROUP BY payer_no) payers) {1}
                      GROUP BY d.recipient_id) t ON t.recipient_id = l.recipient_id
         ORDER BY l.commune_id, l.recipient_id;
        ANALYZE plan_people;
        """;

    const string CommuneSizes = """
        -- RunStore.CommuneSizes
        SELECT commune_id AS CommuneId, count(*)::int AS People FROM plan_people GROUP BY commune_id ORDER BY commune_id;
        """;

    const string Cuts = """
        -- RunStore.Cuts: the first recipient of each piece of a big commune.
        SELECT recipient_id FROM (SELECT recipient_id, row_number() OVER (ORDER BY recipient_id) - 1 AS at FROM plan_people WHERE commune_id = @communeId) numbered
         WHERE at % @size = 0 ORDER BY recipient_id;
        """;

    const string InsertPartitions = """
        -- RunStore.InsertPartitions
        INSERT INTO run_partition (province_code, month, run_no, stage, partition_no, commune_from, commune_to, recipient_from, recipient_to, people)
        SELECT @provinceCode, @month, @runNo, 'plan', * FROM unnest(@numbers, @communesFrom, @communesTo, @recipientsFrom, @recipientsTo, @people);
        """;

    const string ClaimPartition = """
        -- RunStore.ClaimPartition
        -- SKIP LOCKED: workers stand side by side and none takes another's partition; the lock is the claim, so a worker that dies gives it back by dying.
        SELECT partition_no, commune_from, commune_to, recipient_from, recipient_to, people
          FROM run_partition
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND stage = @stage AND done_at IS NULL
         ORDER BY partition_no LIMIT 1 FOR UPDATE SKIP LOCKED;
        """;

    const string FinishPartition = """
        -- RunStore.FinishPartition
        UPDATE run_partition SET done_at = @at, items = @items, sum_vnd = @sumVnd, digest = @digest, summary = @summary::jsonb
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND stage = @stage AND partition_no = @partitionNo AND done_at IS NULL;
        """;

    const string AllPeople = """
        -- RunStore.AllPeople
        SELECT commune_id, recipient_id, listed_through FROM plan_people ORDER BY commune_id, recipient_id;
        """;

    const string LastMonthOfPeople = """
        -- RunStore.LastMonthOfPeople
        SELECT recipient_id AS RecipientId, programme AS Programme, sum(amount_vnd)::bigint AS SumVnd FROM disbursement
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND recipient_id = ANY (@ids)
         GROUP BY recipient_id, programme;
        """;

    /// <summary>Takes the month's lock of this transaction: run numbers are given out by one plan at a time.</summary>
    public static Task LockMonthAsync(DatabaseSession session, short provinceCode, YearMonth month, CancellationToken cancel = default) =>
        session.ExecuteAsync(LockMonth, new { provinceCode = (long)provinceCode, month = month.Key() }, cancel);

    /// <summary>Takes the lock of one run until this transaction ends: its steps come one after another.</summary>
    public static Task LockRunAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) =>
        session.ExecuteAsync(LockRun, new { provinceCode = (long)run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo }, cancel);

    /// <summary>Lets the planner know of rows that came in bulk: of the register, or of a month's runs. Without it the first statements over them walk row by row.</summary>
    /// <param name="session">Outside a transaction that holds locks.</param>
    /// <param name="month">The month; null: the register.</param>
    /// <param name="newRows">About so many rows came in: where that is little beside what is there, nothing is sampled. Null: unknown.</param>
    /// <param name="cancel">Stops between tables.</param>
    public static Task RefreshStatisticsAsync(DatabaseSession session, YearMonth? month, int? newRows = null, CancellationToken cancel = default) =>
        session.ExecuteAsync("SELECT refresh_statistics(@month, @newRows) -- RunStore.RefreshStatistics", new { month = month?.Key() ?? 0, newRows = (long?)newRows }, cancel);

    /// <summary>A run, or null when there is none of this number.</summary>
    public static Task<StoredRun?> FindAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) =>
        session.FindAsync<StoredRun>(Run, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = (int?)run.RunNo }, cancel);

    /// <summary>All runs of a month, returned and voided ones too, by number.</summary>
    public static Task<IReadOnlyList<StoredRun>> OfMonthAsync(DatabaseSession session, short provinceCode, YearMonth month, CancellationToken cancel = default) =>
        session.QueryAsync<StoredRun>(Run, new { provinceCode, month = month.Key(), runNo = (int?)null }, cancel);

    /// <summary>The last approved regular run of the payer before the month: what this month is compared with, and through which month its programmes are listed.</summary>
    public static Task<(int Month, int RunNo)?> PreviousAsync(DatabaseSession session, short provinceCode, int payerNo, IEnumerable<short> programmes, YearMonth month, CancellationToken cancel = default) =>
        session.FindAsync<(int Month, int RunNo)?>(Previous, new { provinceCode, payerNo, programmes = programmes.ToArray(), month = month.Key() }, cancel);

    /// <summary>Regular runs of the payer's programmes in earlier months that still wait for approval: what they list is not listed yet.</summary>
    public static async Task<IReadOnlyList<RunId>> OpenBeforeAsync(DatabaseSession session, StoredRun run, CancellationToken cancel = default) =>
        [.. (await session.QueryAsync<(int Month, int RunNo)>(OpenBefore, new { run.ProvinceCode, run.PayerNo, run.Programmes, run.Month }, cancel))
            .Select(row => new RunId(run.ProvinceCode, Months.FromKey(row.Month), row.RunNo))];

    /// <summary>Approved regular runs of the payer's programmes before the month that are not closed (F63).</summary>
    public static async Task<IReadOnlyList<RunId>> NotClosedBeforeAsync(DatabaseSession session, StoredRun run, CancellationToken cancel = default) =>
        [.. (await session.QueryAsync<(int Month, int RunNo)>(NotClosedBefore, new { run.ProvinceCode, run.PayerNo, run.Programmes, run.Month }, cancel))
            .Select(row => new RunId(run.ProvinceCode, Months.FromKey(row.Month), row.RunNo))];

    /// <summary>Gathers these people alone, as <see cref="GatherPeopleAsync"/> gathers those of a run: for questions about people who are paid again.</summary>
    internal static async Task GatherSomePeopleAsync(DatabaseSession session, IEnumerable<int> recipients, CancellationToken cancel)
    {
        await session.ExecuteAsync(MakePeople, null, cancel);
        await session.ExecuteAsync(FillSomePeople, new { ids = recipients.Distinct().ToArray() }, cancel);
    }

    /// <summary>Makes the run itself: number, programmes, routes with their profiles. Inside the month's lock.</summary>
    public static async Task<RunId> InsertAsync(DatabaseSession session, NewRun wanted, long operationNo, CancellationToken cancel = default)
    {
        var month = wanted.Month.Key();
        await session.ExecuteAsync("SELECT open_month(@month) -- RunStore.OpenMonth", new { month }, cancel);
        var programmes = wanted.Programmes.Select(programme => (short)programme).ToArray();
        var runNo = await session.SingleAsync<int>(InsertRun, new
        {
            wanted.ProvinceCode, month, wanted.Payer.PayerNo, payerVersion = wanted.Payer.Version, wanted.LawHash, wanted.KnownAt, wanted.LawKnownOn,
            wanted.ExecutionFrom, wanted.ExecutionTo, wanted.PlannedAt, wanted.MadeBy, wanted.PreviousMonth, wanted.PreviousRun, operationNo,
            wanted.Kind, wanted.RulesVersion, wanted.Reason,
        }, cancel);
        var run = new RunId(wanted.ProvinceCode, wanted.Month, runNo);
        await session.ExecuteAsync(InsertProgrammes, new { wanted.ProvinceCode, month, wanted.Payer.PayerNo, runNo, programmes, regular = wanted.Kind == RunKinds.Regular }, cancel);
        await RouteStore.KeepProfilesAsync(session, wanted.ProvinceCode, wanted.Profiles, operationNo, cancel);
        var hashes = wanted.Profiles.ToDictionary(profile => profile.Id, profile => profile.Sha256, StringComparer.Ordinal);
        await session.ExecuteAsync(InsertRoutes, new
        {
            wanted.ProvinceCode, month, runNo, wanted.Payer.PayerNo, tableNo = wanted.RouteTableNo, numbers = wanted.Routes.Select(route => route.RouteNo).ToArray(),
            routeProgrammes = wanted.Routes.Select(route => (short)route.Programme).ToArray(), profiles = wanted.Routes.Select(route => route.Profile.Id).ToArray(),
            categories = wanted.Routes.Select(route => route.CategoryPurpose).ToArray(), purposes = wanted.Routes.Select(route => route.Purpose).ToArray(),
            levels = wanted.Routes.Select(route => route.ServiceLevel).ToArray(), hashes = wanted.Routes.Select(route => hashes[route.Profile.Id]).ToArray(),
            channels = wanted.Routes.Select(route => RouteStore.Text(route.Channel)).ToArray(), places = wanted.Routes.Select(route => route.Place).ToArray(),
        }, cancel);
        return run;
    }

    /// <summary>Makes the draft: run, programmes, routes, and the partitions its people are cut into, frozen.</summary>
    /// <returns>The run, and the number of people in it.</returns>
    public static async Task<(RunId Run, int People)> DraftAsync(DatabaseSession session, NewRun wanted, long operationNo, CancellationToken cancel = default)
    {
        var month = wanted.Month.Key();
        var run = await InsertAsync(session, wanted, operationNo, cancel);
        var runNo = run.RunNo;
        var stored = await FindAsync(session, run, cancel) ?? throw new InvalidOperationException($"Run {run} was written and is not there.");
        await FillPeopleAsync(session, stored, cancel);
        var partitions = await CutAsync(session, cancel);
        await session.ExecuteAsync(InsertPartitions, new
        {
            wanted.ProvinceCode, month, runNo, numbers = partitions.Select(one => one.PartitionNo).ToArray(), communesFrom = partitions.Select(one => one.CommuneFrom).ToArray(),
            communesTo = partitions.Select(one => one.CommuneTo).ToArray(), recipientsFrom = partitions.Select(one => one.RecipientFrom).ToArray(),
            recipientsTo = partitions.Select(one => one.RecipientTo).ToArray(), people = partitions.Select(one => one.People).ToArray(),
        }, cancel);
        return (run, partitions.Sum(one => one.People));
    }

    /// <summary>The people of a run. Every process that works on a plan asks once, for all its lanes.</summary>
    public static async Task<RunPeople> GatherPeopleAsync(DatabaseSession session, StoredRun run, CancellationToken cancel = default)
    {
        await FillPeopleAsync(session, run, cancel);
        var people = new List<RunPerson>(run.People);
        await session.ReadAsync(AllPeople, async reader =>
        {
            while (await reader.ReadAsync(cancel)) people.Add(new RunPerson(reader.GetInt32(0), reader.GetInt32(1), await reader.IsDBNullAsync(2, cancel) ? null : reader.GetInt32(2)));
        }, null, cancel);
        return new RunPeople([.. people]);
    }

    static async Task FillPeopleAsync(DatabaseSession session, StoredRun run, CancellationToken cancel)
    {
        await session.ExecuteAsync(MakePeople, null, cancel);
        var fill = FillPeople.Replace("{0}", run.WholeProvince ? "" : EverThere, StringComparison.Ordinal).Replace("{1}", run.WholeProvince ? "" : OfThem, StringComparison.Ordinal);
        await session.ExecuteAsync(fill, new { run.ProvinceCode, run.Month, run.RunNo, run.KnownAt, run.LawKnownOn, run.WholeProvince, run.Communes, run.Programmes, listedBefore = RunKinds.IsOffCycle(run.Kind) ? Months.FromKey(run.Month).Plus(1).Key() : run.Month }, cancel);
    }

    /// <summary>Takes the next partition that nobody is working on, or null when none is left. The claim lasts as long as the transaction.</summary>
    public static Task<RunPartition?> ClaimPartitionAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) =>
        session.FindAsync<RunPartition>(ClaimPartition, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo, stage = PlanStage }, cancel);

    /// <summary>What these people got in a run, by programme.</summary>
    public static Task<IReadOnlyList<(int RecipientId, short Programme, long SumVnd)>> ListedBeforeAsync(DatabaseSession session, RunId run, int[] ids, CancellationToken cancel = default) =>
        session.QueryAsync<(int RecipientId, short Programme, long SumVnd)>(LastMonthOfPeople, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo, ids }, cancel);

    /// <summary>Marks the claimed partition as done, with what it holds.</summary>
    internal static async Task FinishPartitionAsync(DatabaseSession session, RunId run, int partitionNo, int items, long sumVnd, byte[] digest, object summary, Instant at, CancellationToken cancel)
    {
        var marked = await session.ExecuteAsync(FinishPartition,
            new { run.ProvinceCode, month = run.Month.Key(), run.RunNo, stage = PlanStage, partitionNo, items, sumVnd, digest, summary = JsonSerializer.Serialize(summary), at }, cancel);
        if (marked != 1) throw new InvalidOperationException($"Partition {partitionNo} of {run} was done by somebody else while it was claimed.");
    }

    /// <summary>Neighbouring communes together up to about <see cref="PartitionPeople"/>; a commune beyond <see cref="PartitionPeopleMax"/> in pieces.</summary>
    static async Task<List<RunPartition>> CutAsync(DatabaseSession session, CancellationToken cancel)
    {
        var partitions = new List<RunPartition>();
        RunPartition? open = null;
        foreach (var (communeId, people) in await session.QueryAsync<(int CommuneId, int People)>(CommuneSizes, null, cancel))
        {
            if (people > PartitionPeopleMax)
            {
                Close();
                var firsts = await session.QueryAsync<int>(Cuts, new { communeId, size = PartitionPeople }, cancel);
                for (var i = 0; i < firsts.Count; i++)
                {
                    open = new RunPartition
                    {
                        CommuneFrom = communeId, CommuneTo = communeId, RecipientFrom = i == 0 ? 0 : firsts[i], RecipientTo = i + 1 < firsts.Count ? firsts[i + 1] - 1 : int.MaxValue,
                        People = Math.Min(PartitionPeople, people - (i * PartitionPeople)),
                    };
                    Close();
                }

                continue;
            }

            if (open is not null && open.People + people > PartitionPeople) Close();
            open = open is null
                ? new RunPartition { CommuneFrom = communeId, CommuneTo = communeId, RecipientFrom = 0, RecipientTo = int.MaxValue, People = people }
                : open with { CommuneTo = communeId, People = open.People + people };
        }

        Close();
        return partitions;

        void Close()
        {
            if (open is not null) partitions.Add(open with { PartitionNo = partitions.Count });
            open = null;
        }
    }
}

/// <summary>Writes planned partitions of one run; keeps what the whole run shares (the numbered sentences) in memory.</summary>
public sealed class PartitionWriter(DatabaseSession session, RunId run)
{
    readonly RunRows rows = new(session, run);

    /// <summary>Writes all rows of a claimed partition and marks it done, inside its transaction.</summary>
    /// <param name="partition">The claimed partition.</param>
    /// <param name="people">By ascending recipient number.</param>
    /// <param name="awardNumbers">Number of each award by its id.</param>
    /// <param name="summary">Counts of the partition, kept as JSON.</param>
    /// <param name="at">Time by the program's clock.</param>
    /// <param name="holdsDueOn">Until when somebody decides about what is held.</param>
    /// <param name="cancel">Stops between statements.</param>
    public async Task WriteAsync(RunPartition partition, IReadOnlyList<PlannedPerson> people, IReadOnlyDictionary<string, int> awardNumbers, PartitionSummary summary, Instant at, LocalDate holdsDueOn, CancellationToken cancel = default)
    {
        var (items, sumVnd, digest) = await rows.WriteAsync(partition.PartitionNo, people, awardNumbers, at, holdsDueOn, cancel);
        await RunStore.FinishPartitionAsync(session, run, partition.PartitionNo, items, sumVnd, digest, summary, at, cancel);
    }

    /// <summary>To be called after the partition's transaction is committed.</summary>
    public void Committed() => rows.Committed();
}

/// <summary>What a partition says of itself beside its rows.</summary>
/// <param name="People">People looked at.</param>
/// <param name="PeopleWithout">People with no line: nothing due, with the reason in the entitlement.</param>
/// <param name="LeftToRecoupVnd">What stays to be taken back after this list.</param>
/// <param name="ExpiredRights">Disbursements in cash because a right to receive has ended.</param>
/// <param name="WithoutRight">Disbursements in cash because no right is recorded.</param>
/// <param name="AccountWithoutWish">Disbursements in cash although an account is recorded.</param>
/// <param name="Claims">Rows of claims found.</param>
public sealed record PartitionSummary(int People, int PeopleWithout, long LeftToRecoupVnd, int ExpiredRights, int WithoutRight, int AccountWithoutWish, int Claims);
