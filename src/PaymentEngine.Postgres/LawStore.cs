using System.Security.Cryptography;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Law;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres;

/// <summary>A load of law as stored: who brought it, and what became of it.</summary>
public sealed record StoredLawLoad
{
    public int LoadNo { get; init; }

    /// <summary>SHA-256 over its files; approval binds to it.</summary>
    public byte[] Digest { get; init; } = [];
    public int RowCount { get; init; }

    /// <summary>How many values it changed in the law it was held against.</summary>
    public int ChangeCount { get; init; }
    public string[] Files { get; init; } = [];
    public string MadeBy { get; init; } = "";
    public Instant LoadedAt { get; init; }

    /// <summary><c>approved</c> or <c>rejected</c>; null while it waits.</summary>
    public string? Decision { get; init; }
    public string? DecidedBy { get; init; }
    public Instant? DecidedAt { get; init; }
    public string? Remark { get; init; }
}

/// <summary>One file of a load, byte for byte.</summary>
public sealed record StoredLawFile(int LoadNo, string Name, byte[] Content);

/// <summary>Law loaded into the installation: files, rows, decisions, and which loads a run was planned with.</summary>
public static class LawStore
{
    const string Lock = """
        -- LawStore.Lock: loads and decisions of a province one after another, so that each is held against the law that stands.
        SELECT pg_advisory_xact_lock(hashtextextended('payengine.law', @provinceCode));
        """;

    const string Loads = """
        -- LawStore.Loads
        SELECT l.load_no, l.digest, l.row_count, l.change_count, l.made_by, l.loaded_at,
               (SELECT array_agg(f.name ORDER BY f.file_no) FROM law_file f WHERE f.province_code = l.province_code AND f.load_no = l.load_no) AS files,
               d.decision, d.person AS decided_by, d.at AS decided_at, d.remark
          FROM law_load l LEFT JOIN law_decision d ON d.province_code = l.province_code AND d.load_no = l.load_no
         WHERE l.province_code = @provinceCode ORDER BY l.load_no;
        """;

    const string ApprovedFiles = """
        -- LawStore.ApprovedFiles: in the order in which the loads became law.
        SELECT f.load_no AS LoadNo, f.name AS Name, f.content AS Content
          FROM law_decision d JOIN law_file f ON f.province_code = d.province_code AND f.load_no = d.load_no
         WHERE d.province_code = @provinceCode AND d.decision = 'approved' AND d.at <= @knownAt
         ORDER BY d.decision_no, f.file_no;
        """;

    const string Files = """
        -- LawStore.Files
        SELECT load_no AS LoadNo, name AS Name, content AS Content FROM law_file WHERE province_code = @provinceCode AND load_no = @loadNo ORDER BY file_no;
        """;

    const string InsertLoad = """
        -- LawStore.InsertLoad
        INSERT INTO law_load (province_code, load_no, digest, law_before, row_count, change_count, made_by, loaded_at, operation_no)
        VALUES (@provinceCode, @loadNo, @digest, @lawBefore, @rowCount, @changeCount, @madeBy, @at, @operationNo);
        """;

    const string InsertFile = """
        -- LawStore.InsertFile
        INSERT INTO law_file (province_code, load_no, file_no, name, sha256, content) VALUES (@provinceCode, @loadNo, @fileNo, @name, @sha256, @content);
        """;

    const string InsertRow = """
        -- LawStore.InsertRow
        INSERT INTO law_row (province_code, load_no, row_no, file, line, shape, code, place, applies_from, applies_to, instrument, in_force, end_in_force, value, source, status, note)
        VALUES (@provinceCode, @loadNo, @rowNo, @file, @line, @shape, @code, @place, @appliesFrom, @appliesTo, @instrument, @inForce, @endInForce, @value, @source, @status, @note);
        """;

    const string InsertDecision = """
        -- LawStore.InsertDecision
        INSERT INTO law_decision (province_code, load_no, decision, decision_no, person, made_by, digest, remark, at, operation_no)
        SELECT @provinceCode, @loadNo, @decision, (SELECT coalesce(max(decision_no), 0) + 1 FROM law_decision WHERE province_code = @provinceCode), @person, @madeBy, @digest, @remark, @at, @operationNo;
        """;

    const string Pin = """
        -- LawStore.Pin
        INSERT INTO run_law (province_code, month, run_no, load_no) SELECT @provinceCode, @month, @runNo, load_no FROM unnest(@loads) AS load_no;
        """;

    const string Closed = """
        -- LawStore.Closed: the last list month of which a run is closed.
        SELECT max(month) FROM run_step WHERE province_code = @provinceCode AND step = 'closed';
        """;

    /// <summary>Takes the province's lock of this transaction.</summary>
    public static Task LockAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) =>
        session.ExecuteAsync(Lock, new { provinceCode = (long)provinceCode }, cancel);

    /// <summary>Every load, decided or waiting, by number.</summary>
    public static Task<IReadOnlyList<StoredLawLoad>> LoadsAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) =>
        session.QueryAsync<StoredLawLoad>(Loads, new { provinceCode }, cancel);

    /// <summary>The files of the loads approved by a moment, in the order in which they became law.</summary>
    public static Task<IReadOnlyList<StoredLawFile>> ApprovedFilesAsync(DatabaseSession session, short provinceCode, Instant knownAt, CancellationToken cancel = default) =>
        session.QueryAsync<StoredLawFile>(ApprovedFiles, new { provinceCode, knownAt }, cancel);

    /// <summary>The files of one load.</summary>
    public static Task<IReadOnlyList<StoredLawFile>> FilesAsync(DatabaseSession session, short provinceCode, int loadNo, CancellationToken cancel = default) =>
        session.QueryAsync<StoredLawFile>(Files, new { provinceCode, loadNo }, cancel);

    /// <summary>Stores a load with its bytes and rows; it waits for a decision.</summary>
    public static async Task AddAsync(DatabaseSession session, short provinceCode, int loadNo, byte[] digest, byte[] lawBefore, IReadOnlyDictionary<string, byte[]> files,
        IReadOnlyList<LawRow> rows, int changeCount, string madeBy, Instant at, long operationNo, CancellationToken cancel = default)
    {
        await session.ExecuteAsync(InsertLoad, new { provinceCode, loadNo, digest, lawBefore, rowCount = rows.Count, changeCount, madeBy, at, operationNo }, cancel);
        var fileNo = 0;
        foreach (var (name, content) in files) await session.ExecuteAsync(InsertFile, new { provinceCode, loadNo, fileNo = ++fileNo, name, sha256 = SHA256.HashData(content), content }, cancel);
        var rowNo = 0;
        foreach (var row in rows)
        {
            await session.ExecuteAsync(InsertRow, new
            {
                provinceCode, loadNo, rowNo = ++rowNo, file = row.At?.File ?? "", line = row.At?.Line ?? 0, shape = ShapeOf(row), code = row.Code, place = row.Place ?? "national",
                appliesFrom = row.AppliesFrom, appliesTo = row.AppliesTo, instrument = row.Instrument, inForce = row.InForce, endInForce = row.EndInForce,
                value = row.ValueText, source = row.Source, status = row.Status, note = row.Note,
            }, cancel);
        }
    }

    /// <summary>Approves or rejects a load; its digest and maker must be those of the load, which a foreign key proves.</summary>
    public static Task DecideAsync(DatabaseSession session, short provinceCode, StoredLawLoad load, bool approved, string person, string? remark, Instant at, long operationNo, CancellationToken cancel = default) =>
        session.ExecuteAsync(InsertDecision, new { provinceCode, load.LoadNo, decision = approved ? "approved" : "rejected", person, load.MadeBy, load.Digest, remark, at, operationNo }, cancel);

    /// <summary>Says which loads a run was planned with.</summary>
    public static Task PinAsync(DatabaseSession session, RunId run, IEnumerable<int> loads, CancellationToken cancel = default) =>
        session.ExecuteAsync(Pin, new { run.ProvinceCode, month = run.Month.Key(), run.RunNo, loads = loads.ToArray() }, cancel);

    /// <summary>The last list month of which a run is closed; null when none is.</summary>
    public static async Task<YearMonth?> ClosedAsync(DatabaseSession session, short provinceCode, CancellationToken cancel = default) =>
        await session.SingleAsync<int?>(Closed, new { provinceCode }, cancel) is { } month ? Months.FromKey(month) : null;

    static string ShapeOf(LawRow row) => row.Shape switch
    {
        LawShape.Standard => "standard",
        LawShape.Parameter => "parameter",
        LawShape.OneTime => "one_time",
        LawShape.Programme => "programme",
        _ => "rate",
    };
}
