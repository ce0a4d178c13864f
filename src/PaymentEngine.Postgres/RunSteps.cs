using NodaTime;
using Npgsql;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Payments;
using PaymentEngine.Postgres.Cases;
using PaymentEngine.Postgres.Privacy;

namespace PaymentEngine.Postgres;

/// <summary>What a finished plan says of itself.</summary>
public sealed record RunTotal
{
    public byte[] ContentHash { get; init; } = [];
    public int Recipients { get; init; }
    public int Disbursements { get; init; }
    public int Lines { get; init; }
    public int BankAttempts { get; init; }
    public int CashAttempts { get; init; }
    public int Held { get; init; }
    public long ListedVnd { get; init; }
    public long BankVnd { get; init; }
    public long CashVnd { get; init; }
    public long HeldVnd { get; init; }
    public long ArrearsVnd { get; init; }
    public long RecoupedVnd { get; init; }
    public long LeftToRecoupVnd { get; init; }
    public int UnverifiedLines { get; init; }
    public int PeopleWithout { get; init; }
    public int ExpiredRights { get; init; }
    public int WithoutRight { get; init; }
    public int AccountWithoutWish { get; init; }

    /// <summary>Accounts that serve more recipients than the rules say nothing of.</summary>
    public int SharedAccounts { get; init; }

    /// <summary>What passes through the run, as people declare and confirm it: what it lists; for a run that lists nothing, what it pays again.</summary>
    public long DeclaredVnd => ListedVnd == 0 ? BankVnd : ListedVnd;

    /// <summary>Approvals that the run needs, by as many people.</summary>
    public short ApprovalLevels { get; init; }

    /// <summary>What the plan noticed without holding anybody.</summary>
    public RunFindings Findings => new(PeopleWithout, ExpiredRights, WithoutRight, AccountWithoutWish, SharedAccounts);
}

/// <summary>A step in the life of a run: what, who, when, for which content.</summary>
public sealed record RunStepRow(int StepNo, string Step, short? Level, string Person, byte[] ContentHash, string? Remark, Instant At);

/// <summary>A lower level of approval, given for one content.</summary>
public sealed record RunLevelRow(short Level, string Role, string Person, byte[] ContentHash, Instant At);

/// <summary>Why a run was submitted although runs before it were open.</summary>
public sealed record RunExceptionRow(byte[] ContentHash, string[] OpenRuns, string Reason, string Person, Instant At);

/// <summary>One programme of a run in figures.</summary>
public sealed record ProgrammeTotal(short Programme, int Recipients, long ListedVnd, int BankItems, long BankVnd, int CashItems, long CashVnd, int HeldItems, long HeldVnd);

/// <summary>Disbursements held for one reason.</summary>
public sealed record HoldTotal(string Reason, int Items, long SumVnd);

/// <summary>A run's steps after its partitions are done: finish, submit, approve, return; and what the papers show.</summary>
public static class RunSteps
{
    const string PartitionDigests = """
        -- RunSteps.PartitionDigests
        SELECT partition_no AS PartitionNo, digest AS Digest, coalesce(items, 0) AS Items, coalesce(sum_vnd, 0) AS SumVnd, coalesce((summary ->> 'LeftToRecoupVnd')::bigint, 0) AS LeftToRecoupVnd
          FROM run_partition WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND stage = 'plan' ORDER BY partition_no;
        """;

    const string Part = """
        -- RunSteps.Part
        SELECT part_in_run(@provinceCode, @month, @runNo, @person);
        """;

    const string InsertTotal = """
        -- RunSteps.InsertTotal
        INSERT INTO run_total (province_code, month, run_no, content_hash, recipients, disbursements, lines, bank_attempts, cash_attempts, held,
                               listed_vnd, bank_vnd, cash_vnd, held_vnd, arrears_vnd, recouped_vnd, left_to_recoup_vnd, unverified_lines,
                               people_without, expired_rights, without_right, account_without_wish, shared_accounts, approval_levels)
        SELECT @provinceCode, @month, @runNo, @contentHash, d.recipients, d.disbursements, l.lines, d.bank, d.cash, d.held,
               d.listed_vnd, d.bank_vnd, d.cash_vnd, d.held_vnd, l.arrears_vnd, d.recouped_vnd, @leftToRecoupVnd, l.unverified,
               p.people_without, p.expired_rights, p.without_right, p.account_without_wish, p.shared_accounts,
               greatest(1, (SELECT count(*) FROM unnest(@levelsFrom) AS level (from_vnd) WHERE d.listed_vnd >= from_vnd))
          FROM (SELECT count(DISTINCT d.recipient_id)::int AS recipients, count(*)::int AS disbursements, count(*) FILTER (WHERE a.kind = 1)::int AS bank, count(*) FILTER (WHERE a.kind = 2)::int AS cash,
                       count(*) FILTER (WHERE d.hold_reason IS NOT NULL)::int AS held, coalesce(sum(d.amount_vnd), 0)::bigint AS listed_vnd,
                       coalesce(sum(d.amount_vnd) FILTER (WHERE a.kind = 1), 0)::bigint AS bank_vnd, coalesce(sum(d.amount_vnd) FILTER (WHERE a.kind = 2), 0)::bigint AS cash_vnd,
                       coalesce(sum(d.amount_vnd) FILTER (WHERE d.hold_reason IS NOT NULL), 0)::bigint AS held_vnd, coalesce(sum(d.recouped_vnd), 0)::bigint AS recouped_vnd
                  FROM disbursement d
                  LEFT JOIN attempt a ON (a.province_code, a.month, a.run_no, a.line_no) = (d.province_code, d.month, d.run_no, d.line_no) AND a.attempt = 1
                 WHERE d.province_code = @provinceCode AND d.month = @month AND d.run_no = @runNo) d,
               (SELECT count(*)::int AS lines, coalesce(sum(l.amount_vnd) FILTER (WHERE l.kind IN (2, 4)), 0)::bigint AS arrears_vnd, count(*) FILTER (WHERE e.status = ANY (@unverified))::int AS unverified
                  FROM line l
                  JOIN explanation e ON (e.province_code, e.month, e.run_no, e.explanation_no) = (l.province_code, l.month, l.run_no, l.explanation_no)
                 WHERE l.province_code = @provinceCode AND l.month = @month AND l.run_no = @runNo) l,
               (SELECT coalesce(sum((summary ->> 'PeopleWithout')::int), 0)::int AS people_without, coalesce(sum((summary ->> 'ExpiredRights')::int), 0)::int AS expired_rights,
                       coalesce(sum((summary ->> 'WithoutRight')::int), 0)::int AS without_right, coalesce(sum((summary ->> 'AccountWithoutWish')::int), 0)::int AS account_without_wish,
                       (SELECT count(*)::int FROM (
                           SELECT FROM attempt a
                             JOIN disbursement d USING (province_code, month, run_no, line_no)
                             JOIN channel c ON c.province_code = a.province_code AND c.payee_no = a.payee_no AND c.version = a.channel_version
                            WHERE a.province_code = @provinceCode AND a.month = @month AND a.run_no = @runNo AND a.attempt = 1
                            GROUP BY c.account_tag HAVING min(d.recipient_id) <> max(d.recipient_id) AND count(DISTINCT d.recipient_id) > @sharedBy) shared) AS shared_accounts
                  FROM run_partition WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND stage = 'plan') p
        RETURNING *;
        """;

    const string Total = """
        -- RunSteps.Total
        SELECT * FROM run_total WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo;
        """;

    const string InsertStep = """
        -- RunSteps.InsertStep
        INSERT INTO run_step (province_code, month, run_no, step_no, step, level, person, made_by, content_hash, remark, at, operation_no)
        SELECT r.province_code, r.month, r.run_no, 1 + coalesce((SELECT max(step_no) FROM run_step s WHERE (s.province_code, s.month, s.run_no) = (r.province_code, r.month, r.run_no)), 0),
               @step, @level, @person, r.made_by, @contentHash, @remark, @at, @operationNo
          FROM run r WHERE r.province_code = @provinceCode AND r.month = @month AND r.run_no = @runNo;
        """;

    const string Steps = """
        -- RunSteps.Steps
        SELECT step_no, step, level, person, content_hash, remark, at FROM run_step
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo ORDER BY step_no;
        """;

    const string Listed = """
        -- RunSteps.Listed: the draft's memory becomes the memory. A second list that read the same version fails on the key.
        INSERT INTO listed (province_code, award_no, component, version, recipient_id, from_months, to_months, amounts_vnd, operation_no)
        SELECT province_code, award_no, component, version, recipient_id, from_months, to_months, amounts_vnd, @operationNo
          FROM listed_next WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo;
        """;

    const string Moved = """
        -- RunSteps.Moved: places 1 held, 2 open, 3 ordered, 8 cash due, as Core's Places.
        INSERT INTO moved (run_month, run_no, line_no, programme, commune_id, from_place, to_place, amount_vnd)
        SELECT d.month, d.run_no, d.line_no, d.programme, d.commune_id, 0,
               CASE WHEN d.hold_reason IS NOT NULL THEN 1 WHEN a.kind = 1 THEN 3 WHEN a.kind = 2 THEN 8 ELSE 2 END, d.amount_vnd
          FROM disbursement d
          LEFT JOIN attempt a ON (a.province_code, a.month, a.run_no, a.line_no) = (d.province_code, d.month, d.run_no, d.line_no) AND a.attempt = 1
         WHERE d.province_code = @provinceCode AND d.month = @month AND d.run_no = @runNo AND d.amount_vnd > 0;
        """;

    const string RedrawPartition = """
        -- RunSteps.RedrawPartition
        UPDATE run_partition SET digest = @digest
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND stage = 'plan' AND partition_no = @partitionNo;
        """;

    const string InsertLevel = """
        -- RunSteps.InsertLevel: the key lets one person give one level of one content.
        INSERT INTO run_approval (province_code, month, run_no, content_hash, level, role, person, made_by, at, operation_no)
        SELECT r.province_code, r.month, r.run_no, @contentHash, @level, @role, @person, r.made_by, @at, @operationNo
          FROM run r WHERE r.province_code = @provinceCode AND r.month = @month AND r.run_no = @runNo;
        """;

    const string Levels = """
        -- RunSteps.Levels
        SELECT level, role, person, content_hash, at FROM run_approval
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo ORDER BY at, level;
        """;

    const string InsertException = """
        -- RunSteps.InsertException
        INSERT INTO run_exception (province_code, month, run_no, content_hash, rule, open_runs, reason, person, at, operation_no)
        VALUES (@provinceCode, @month, @runNo, @contentHash, 'previous_closed', @openRuns, @reason, @person, @at, @operationNo) ON CONFLICT DO NOTHING;
        """;

    const string Exceptions = """
        -- RunSteps.Exceptions
        SELECT content_hash, open_runs, reason, person, at FROM run_exception
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo ORDER BY at;
        """;

    const string InsertProgrammes = """
        -- RunSteps.InsertProgrammes
        INSERT INTO run_programme_total (province_code, month, run_no, programme, recipients, listed_vnd, bank_items, bank_vnd, cash_items, cash_vnd, held_items, held_vnd)
        SELECT @provinceCode, @month, @runNo, d.programme, count(DISTINCT d.recipient_id)::int AS recipients, sum(d.amount_vnd)::bigint AS listed_vnd,
               count(*) FILTER (WHERE a.kind = 1)::int AS bank_items, coalesce(sum(d.amount_vnd) FILTER (WHERE a.kind = 1), 0)::bigint AS bank_vnd,
               count(*) FILTER (WHERE a.kind = 2)::int AS cash_items, coalesce(sum(d.amount_vnd) FILTER (WHERE a.kind = 2), 0)::bigint AS cash_vnd,
               count(*) FILTER (WHERE d.hold_reason IS NOT NULL)::int AS held_items, coalesce(sum(d.amount_vnd) FILTER (WHERE d.hold_reason IS NOT NULL), 0)::bigint AS held_vnd
          FROM disbursement d
          LEFT JOIN attempt a ON (a.province_code, a.month, a.run_no, a.line_no) = (d.province_code, d.month, d.run_no, d.line_no) AND a.attempt = 1
         WHERE d.province_code = @provinceCode AND d.month = @month AND d.run_no = @runNo
         GROUP BY d.programme;
        """;

    const string Programmes = """
        -- RunSteps.Programmes
        SELECT programme, recipients, listed_vnd, bank_items, bank_vnd, cash_items, cash_vnd, held_items, held_vnd FROM run_programme_total
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo ORDER BY programme;
        """;

    const string Holds = """
        -- RunSteps.Holds
        SELECT hold_reason AS reason, count(*)::int AS items, sum(amount_vnd)::bigint AS sum_vnd FROM disbursement
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND hold_reason IS NOT NULL
         GROUP BY hold_reason ORDER BY hold_reason COLLATE "C";
        """;

    /// <summary>The last step of a plan, in one transaction: what is stored is compared with what the partitions said, hashed, totalled and compared with last month.</summary>
    /// <param name="session">Inside the transaction.</param>
    /// <param name="run">A draft whose partitions are done.</param>
    /// <param name="rules">The rules it is judged by.</param>
    /// <param name="person">Who plans.</param>
    /// <param name="operationNo">The operation.</param>
    /// <param name="at">Its time.</param>
    /// <param name="cancel">Stops between statements.</param>
    /// <exception cref="InvalidOperationException">Rows and partitions disagree: nothing is kept.</exception>
    public static async Task<RunTotal> FinishAsync(DatabaseSession session, StoredRun run, RunRules rules, string person, long operationNo, Instant at, CancellationToken cancel = default)
    {
        await session.PlanForSetsAsync(cancel);
        var total = await WriteTotalAsync(session, run, rules, cancel);
        await RunDifferences.WriteAsync(session, run, cancel);
        await ConflictStore.WriteAsync(session, run, total.ContentHash, cancel);
        await AddAsync(session, run.Id, "planned", null, person, total.ContentHash, null, operationNo, at, cancel);
        return total;
    }

    /// <summary>Says anew what a draft holds after some of its disbursements were drawn anew: digests of their partitions, hash, totals, conflicts, and a step with who changed it and why.
    /// Whoever approved or submitted the content before did so for another hash.</summary>
    /// <param name="session">Inside the transaction, under the run's lock.</param>
    /// <param name="run">A draft.</param>
    /// <param name="rules">The rules it is judged by.</param>
    /// <param name="partitions">The partitions that changed.</param>
    /// <param name="step">Who changed them, why, when, in which operation.</param>
    /// <param name="cancel">Stops between statements.</param>
    public static async Task<RunTotal> RedrawAsync(DatabaseSession session, StoredRun run, RunRules rules, IEnumerable<int> partitions, (string Person, string Remark, Instant At, long OperationNo) step, CancellationToken cancel)
    {
        foreach (var partitionNo in partitions)
        {
            var digest = (await RunContent.RecomputeAsync(session, run.Id, [partitionNo], partitionNo, cancel)).Single(one => one.PartitionNo == partitionNo).Digest;
            await session.ExecuteAsync(RedrawPartition, new { run.ProvinceCode, run.Month, run.RunNo, partitionNo, digest }, cancel);
        }

        await session.ExecuteAsync("SELECT redraw_totals(@provinceCode, @month, @runNo) -- RunSteps.RedrawTotals", Key(run.Id), cancel);
        var total = await WriteTotalAsync(session, run, rules, cancel);
        await ConflictStore.WriteAsync(session, run, total.ContentHash, cancel);
        await AddAsync(session, run.Id, "planned", null, step.Person, total.ContentHash, step.Remark, step.OperationNo, step.At, cancel);
        return total;
    }

    /// <summary>Whether the rows of a partition are still those it was hashed with.</summary>
    public static async Task<bool> IsUntouchedAsync(DatabaseSession session, StoredRun run, int partitionNo, CancellationToken cancel)
    {
        var stored = await session.QueryAsync<PartitionDigestRow>(PartitionDigests, Key(run.Id), cancel);
        var now = await RunContent.RecomputeAsync(session, run.Id, [partitionNo], partitionNo, cancel);
        return stored.Single(one => one.PartitionNo == partitionNo).Digest.AsSpan().SequenceEqual(now.Single(one => one.PartitionNo == partitionNo).Digest);
    }

    static async Task<RunTotal> WriteTotalAsync(DatabaseSession session, StoredRun run, RunRules rules, CancellationToken cancel)
    {
        var partitions = await session.QueryAsync<PartitionDigestRow>(PartitionDigests, Key(run.Id), cancel);
        if (partitions.Any(partition => partition.Digest is null)) throw new InvalidOperationException($"Run {run.Id} has partitions that are not done.");
        var contentHash = await HashOfAsync(session, run, partitions.Select(partition => (partition.PartitionNo, partition.Digest!)), cancel);
        var total = await session.SingleAsync<RunTotal>(InsertTotal, new
        {
            run.ProvinceCode, run.Month, run.RunNo, contentHash, leftToRecoupVnd = partitions.Sum(partition => partition.LeftToRecoupVnd),
            unverified = new[] { LawStatus.DerivedUnverified, LawStatus.Unverified, LawStatus.UnverifiedFromMemory }, sharedBy = rules.Outliers.SharedAccountWarn,
            levelsFrom = rules.Approvals.Select(level => level.From.Amount).ToArray(),
        }, cancel);
        if (total.Disbursements != partitions.Sum(partition => partition.Items) || total.ListedVnd != partitions.Sum(partition => partition.SumVnd))
            throw new InvalidOperationException($"Run {run.Id}: {total.Disbursements} disbursements of {total.ListedVnd} are stored, the partitions say {partitions.Sum(partition => partition.Items)} of {partitions.Sum(partition => partition.SumVnd)}.");
        await session.ExecuteAsync(InsertProgrammes, Key(run.Id), cancel);
        return total;
    }

    /// <summary>The content hash as the stored rows give it today; equal to the planned one as long as nobody changed anything.</summary>
    public static async Task<byte[]> RecomputeHashAsync(DatabaseSession session, StoredRun run, CancellationToken cancel = default)
    {
        var partitions = await session.QueryAsync<PartitionDigestRow>(PartitionDigests, Key(run.Id), cancel);
        return await HashOfAsync(session, run, await ErasureStore.AsPlannedAsync(session, run.Id, await RunContent.RecomputeAsync(session, run.Id, partitions.Select(partition => partition.PartitionNo), null, cancel), cancel), cancel);
    }

    /// <summary>Adds one of the lower levels of approval; the last one is a step of the run.</summary>
    public static Task AddLevelAsync(DatabaseSession session, RunId run, short level, string role, string person, byte[] contentHash, long operationNo, Instant at, CancellationToken cancel = default) =>
        session.ExecuteAsync(InsertLevel, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo, level, role, person, contentHash, operationNo, at }, cancel);

    /// <summary>The lower levels given so far, of this content and of earlier ones.</summary>
    public static Task<IReadOnlyList<RunLevelRow>> LevelsAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) => session.QueryAsync<RunLevelRow>(Levels, Key(run), cancel);

    /// <summary>Keeps why a run was submitted although runs before it were open. The same again changes nothing.</summary>
    public static Task ExceptAsync(DatabaseSession session, RunId run, byte[] contentHash, IEnumerable<RunId> openRuns, string reason, string person, long operationNo, Instant at, CancellationToken cancel = default) =>
        session.ExecuteAsync(InsertException, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo, contentHash, openRuns = openRuns.Select(one => one.ToString()).ToArray(), reason, person, operationNo, at }, cancel);

    public static Task<IReadOnlyList<RunExceptionRow>> ExceptionsAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) => session.QueryAsync<RunExceptionRow>(Exceptions, Key(run), cancel);

    /// <summary>Adds a step. The store refuses an approval by the maker, a second one of a level, and anything after the close.</summary>
    public static async Task AddAsync(DatabaseSession session, RunId run, string step, short? level, string person, byte[] contentHash, string? remark, long operationNo, Instant at, CancellationToken cancel = default)
    {
        var added = await session.ExecuteAsync(InsertStep, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo, step, level, person, contentHash, remark, at, operationNo }, cancel);
        if (added != 1) throw new InvalidOperationException($"There is no run {run}.");
    }

    /// <summary>What approval does to the money: what stays to be taken back becomes claims, the memory moves on, and every listed sum gets its first place. Set-based, inside the approval's transaction.</summary>
    /// <param name="session">Inside the approval's transaction.</param>
    /// <param name="run">The run.</param>
    /// <param name="approval">Who approves, when, in which operation.</param>
    /// <param name="cases">Whose desk the case of a new claim lies on, and until when.</param>
    /// <param name="cancel">Stops between statements.</param>
    /// <returns>False when another list has listed the same components since this one was planned; then the transaction must not be kept.</returns>
    public static async Task<bool> ListAsync(DatabaseSession session, RunId run, (string Person, Instant At, long OperationNo) approval, (string Owner, LocalDate DueOn) cases, CancellationToken cancel = default)
    {
        var operationNo = approval.OperationNo;
        var key = new { run.ProvinceCode, month = run.Month.Key(), run.RunNo, operationNo };
        if (!await ClaimStore.CountAsync(session, run, approval, cases, cancel)) return false;
        await session.PlanForSetsAsync(cancel);
        try
        {
            await session.ExecuteAsync(Listed, key, cancel);
        }
        catch (PostgresException twice) when (twice.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            return false;
        }

        await PostingStore.CreateMovedAsync(session, cancel);
        await session.ExecuteAsync(Moved, key, cancel);
        await PostingStore.PostAsync(session, run.ProvinceCode, operationNo, keepMembers: false, cancel);
        await RepaymentStore.IssueAsync(session, run, approval.Person, approval.At, operationNo, cancel);
        await HoldStore.OpenCasesAsync(session, run, approval.At, operationNo, cancel);
        return true;
    }

    /// <summary>Drops the rows of a draft; its steps, totals and hash stay.</summary>
    public static Task DropAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) =>
        session.ExecuteAsync("SELECT drop_draft(@provinceCode, @month, @runNo) -- RunSteps.Drop", Key(run), cancel);

    /// <summary>The part a person had in what a run holds: <c>made</c>, <c>submitted</c>, <c>changed</c>, <c>declared</c> its control totals, asked for an <c>account</c> that it is the first to pay; null: none.</summary>
    public static Task<string?> PartAsync(DatabaseSession session, RunId run, string person, CancellationToken cancel) =>
        session.FindAsync<string?>(Part, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo, person }, cancel);

    /// <summary>What the finished plan says of itself, or null while it is not finished.</summary>
    public static Task<RunTotal?> TotalAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) => session.FindAsync<RunTotal>(Total, Key(run), cancel);

    public static Task<IReadOnlyList<RunStepRow>> OfAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) => session.QueryAsync<RunStepRow>(Steps, Key(run), cancel);

    public static Task<IReadOnlyList<ProgrammeTotal>> ProgrammesAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) =>
        session.QueryAsync<ProgrammeTotal>(Programmes, Key(run), cancel);

    public static Task<IReadOnlyList<HoldTotal>> HoldsAsync(DatabaseSession session, RunId run, CancellationToken cancel = default) => session.QueryAsync<HoldTotal>(Holds, Key(run), cancel);

    static async Task<byte[]> HashOfAsync(DatabaseSession session, StoredRun run, IEnumerable<(int PartitionNo, byte[] Digest)> partitions, CancellationToken cancel) =>
        RunContent.Hash(run.PayerCode, run.Programmes.Select(programme => (int)programme), run.Month, (run.ExecutionFrom, run.ExecutionTo), run.LawHash, await RouteStore.DigestAsync(session, run.Id, cancel), (run.Kind, run.RulesVersion), partitions,
            await RepaymentStore.DigestAsync(session, run.Id, cancel));

    static object Key(RunId run) => new { run.ProvinceCode, month = run.Month.Key(), run.RunNo };

    sealed class PartitionDigestRow
    {
        public int PartitionNo { get; init; }
        public byte[]? Digest { get; init; }
        public int Items { get; init; }
        public long SumVnd { get; init; }
        public long LeftToRecoupVnd { get; init; }
    }
}

/// <summary>What a plan noticed without holding anybody.</summary>
/// <param name="SharedAccounts">Accounts that serve more recipients than the rules say nothing of.</param>
public sealed record RunFindings(int PeopleWithout, int ExpiredRights, int WithoutRight, int AccountWithoutWish, int SharedAccounts);
