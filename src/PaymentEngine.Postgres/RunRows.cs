using System.Security.Cryptography;
using System.Text;
using NodaTime;
using Npgsql;
using NpgsqlTypes;
using PaymentEngine.Core;
using PaymentEngine.Core.Entitlements;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres;

/// <summary>One person's part of a run, computed.</summary>
/// <param name="NextListed">Next versions of the memory, of the run's programmes only.</param>
public sealed record PlannedPerson(int RecipientId, IReadOnlyList<PlannedDisbursement> Disbursements, IReadOnlyList<ListedComponent> NextListed)
{
    /// <summary>What stays to be taken back, and claims of earlier lists that no longer do.</summary>
    public IReadOnlyList<PlannedClaim> Claims { get; init; } = [];
}

/// <summary>Writes the rows of one partition: binary COPY straight into the month's partitions, explanations once a run.</summary>
/// <param name="session">A session of the run role, inside the partition's transaction.</param>
/// <param name="run">The run.</param>
sealed class RunRows(DatabaseSession session, RunId run)
{
    const string InsertExplanations = """
        -- RunRows.InsertExplanations: two workers may meet on the same sentence; the number is its hash, so both mean the same row.
        INSERT INTO explanation (province_code, month, run_no, explanation_no, sentence_vi, sentence_en, rule, citation, status)
        SELECT @provinceCode, @month, @runNo, * FROM unnest(@numbers, @vi, @en, @rules, @citations, @statuses)
        ON CONFLICT DO NOTHING;
        """;

    const string FindExplanations = """
        -- RunRows.FindExplanations
        SELECT explanation_no AS No, sentence_vi AS Vi, sentence_en AS En, rule AS Rule, citation AS Citation, status AS Status FROM explanation
         WHERE province_code = @provinceCode AND month = @month AND run_no = @runNo AND explanation_no = ANY (@numbers);
        """;

    readonly int month = run.Month.Key();
    readonly Dictionary<Explanation, int> numbers = [];
    readonly Dictionary<int, Explanation> kept = [];

    /// <summary>Writes everything of a partition and gives its digest.</summary>
    /// <param name="partitionNo">The partition; its number and the place in it make the line number.</param>
    /// <param name="people">By ascending recipient number.</param>
    /// <param name="awardNumbers">Number of each award by its id.</param>
    /// <param name="at">Time by the program's clock.</param>
    /// <param name="holdsDueOn">Until when somebody decides about what is held.</param>
    /// <param name="cancel">Stops between tables.</param>
    public async Task<(int Disbursements, long SumVnd, byte[] Digest)> WriteAsync(int partitionNo, IReadOnlyList<PlannedPerson> people, IReadOnlyDictionary<string, int> awardNumbers, Instant at, LocalDate holdsDueOn, CancellationToken cancel)
    {
        var placed = Place(partitionNo, people);
        await KeepExplanationsAsync(placed, cancel);
        var digest = Digest(placed, awardNumbers);
        await session.CopyInAsync($"COPY line_{month} (province_code, month, award_no, component, for_month, kind, listed_version, run_no, line_no, amount_vnd, explanation_no) FROM STDIN (FORMAT BINARY) -- RunRows.Lines",
            rows => WriteLinesAsync(rows, placed, awardNumbers, cancel), cancel);
        await session.CopyInAsync($"COPY disbursement_{month} (province_code, month, run_no, line_no, recipient_id, payee_no, payee_version, payee_role, programme, commune_id, gross_vnd, recouped_vnd, amount_vnd, hold_reason) FROM STDIN (FORMAT BINARY) -- RunRows.Disbursements",
            rows => WriteDisbursementsAsync(rows, placed, cancel), cancel);
        await session.CopyInAsync($"COPY attempt_{month} (province_code, month, run_no, line_no, attempt, kind, amount_vnd, payee_no, channel_version, route_no, pay_commune_id, carried_month, carried_run) FROM STDIN (FORMAT BINARY) -- RunRows.Attempts",
            rows => WriteAttemptsAsync(rows, placed, cancel), cancel);
        await session.CopyInAsync($"COPY listed_next_{month} (province_code, month, run_no, award_no, component, version, recipient_id, from_months, to_months, amounts_vnd) FROM STDIN (FORMAT BINARY) -- RunRows.ListedNext",
            rows => WriteListedAsync(rows, people, awardNumbers, cancel), cancel);
        await HoldStore.WritePlannedAsync(session, run, [.. placed.Where(one => one.Disbursement.HoldReason is not null)], at, holdsDueOn, cancel);
        await ClaimStore.WriteFoundAsync(session, run, [.. people.SelectMany(person => person.Claims)], awardNumbers, cancel);
        return (placed.Count, placed.Sum(one => one.Disbursement.Amount.Amount), digest);
    }

    static List<(int LineNo, int RecipientId, PlannedDisbursement Disbursement)> Place(int partitionNo, IReadOnlyList<PlannedPerson> people)
    {
        var placed = new List<(int, int, PlannedDisbursement)>(people.Count);
        var place = 0;
        var before = int.MinValue;
        foreach (var person in people)
        {
            if (person.RecipientId <= before) throw new InvalidOperationException($"Recipient {person.RecipientId} stands twice or out of order in partition {partitionNo}.");
            before = person.RecipientId;
            foreach (var disbursement in person.Disbursements)
            {
                if (++place >= 1 << RunContent.PartitionShift) throw new InvalidOperationException($"Partition {partitionNo} holds more disbursements than it has places.");
                placed.Add(((partitionNo << RunContent.PartitionShift) | place, person.RecipientId, disbursement));
            }
        }

        return placed;
    }

    static byte[] Digest(List<(int LineNo, int RecipientId, PlannedDisbursement Disbursement)> placed, IReadOnlyDictionary<string, int> awardNumbers)
    {
        using var digest = new PartitionDigest();
        foreach (var (lineNo, recipientId, d) in placed)
        {
            var account = d.Attempt is { IsBank: true } ? d.Right!.Account : null;
            digest.Add(new DisbursementContent(lineNo, recipientId, d.PayeeNo, d.Right?.Version ?? 0, (int)d.Role, (int)d.Programme, d.CommuneId, d.Gross.Amount, d.Recouped.Amount, d.Amount.Amount,
                d.HoldReason ?? "", d.Attempt is { } attempt ? attempt.IsBank ? 1 : 2 : 0, d.Attempt is null ? 0 : d.Amount.Amount, account?.Version ?? 0, d.Attempt?.RouteNo ?? 0,
                d.Attempt?.PayCommuneId ?? 0, account?.Tag ?? "", account?.BankBin ?? "", account?.HolderName ?? ""));
            foreach (var line in d.Lines.Select(line => new LineContent(lineNo, awardNumbers[line.AwardId], line.Component, line.ForMonth.Key(), (int)line.Kind, line.ListedVersion, line.Amount.Amount))
                .OrderBy(line => line.AwardNo).ThenBy(line => line.Component, StringComparer.Ordinal).ThenBy(line => line.ForMonth).ThenBy(line => line.Kind)) digest.Add(line);
        }

        return digest.Finish();
    }

    async Task WriteLinesAsync(NpgsqlBinaryImporter rows, List<(int LineNo, int RecipientId, PlannedDisbursement Disbursement)> placed, IReadOnlyDictionary<string, int> awardNumbers, CancellationToken cancel)
    {
        foreach (var (lineNo, _, disbursement) in placed)
        {
            foreach (var line in disbursement.Lines)
            {
                await rows.StartRowAsync(cancel);
                rows.Write(run.ProvinceCode);
                rows.Write(month);
                rows.Write(awardNumbers[line.AwardId]);
                rows.Write(line.Component);
                rows.Write(line.ForMonth.Key());
                rows.Write((short)line.Kind);
                rows.Write(line.ListedVersion);
                rows.Write(run.RunNo);
                rows.Write(lineNo);
                rows.Write(line.Amount.Amount);
                rows.Write(numbers[line.Explanation]);
            }
        }
    }

    async Task WriteDisbursementsAsync(NpgsqlBinaryImporter rows, List<(int LineNo, int RecipientId, PlannedDisbursement Disbursement)> placed, CancellationToken cancel)
    {
        foreach (var (lineNo, recipientId, disbursement) in placed)
        {
            await rows.StartRowAsync(cancel);
            rows.Write(run.ProvinceCode);
            rows.Write(month);
            rows.Write(run.RunNo);
            rows.Write(lineNo);
            rows.Write(recipientId);
            rows.Write(disbursement.PayeeNo);
            rows.Write(disbursement.Right?.Version ?? 0);
            rows.Write((short)disbursement.Role);
            rows.Write((short)disbursement.Programme);
            rows.Write(disbursement.CommuneId);
            rows.Write(disbursement.Gross.Amount);
            rows.Write(disbursement.Recouped.Amount);
            rows.Write(disbursement.Amount.Amount);
            if (disbursement.HoldReason is { } reason) rows.Write(reason);
            else rows.WriteNull();
        }
    }

    async Task WriteAttemptsAsync(NpgsqlBinaryImporter rows, List<(int LineNo, int RecipientId, PlannedDisbursement Disbursement)> placed, CancellationToken cancel)
    {
        foreach (var (lineNo, _, disbursement) in placed)
        {
            if (disbursement.Attempt is not { } attempt) continue;
            await rows.StartRowAsync(cancel);
            rows.Write(run.ProvinceCode);
            rows.Write(month);
            rows.Write(run.RunNo);
            rows.Write(lineNo);
            rows.Write((short)1);
            rows.Write((short)(attempt.IsBank ? 1 : 2));
            rows.Write(disbursement.Amount.Amount);
            rows.Write(disbursement.PayeeNo);
            if (attempt.RouteNo is { } routeNo)
            {
                rows.Write(disbursement.Right!.Account!.Version);
                rows.Write(routeNo);
            }
            else
            {
                rows.WriteNull();
                rows.WriteNull();
            }

            rows.Write(attempt.PayCommuneId);
            rows.Write(month);
            rows.Write(run.RunNo);
        }
    }

    async Task WriteListedAsync(NpgsqlBinaryImporter rows, IReadOnlyList<PlannedPerson> people, IReadOnlyDictionary<string, int> awardNumbers, CancellationToken cancel)
    {
        foreach (var person in people)
        {
            foreach (var next in person.NextListed)
            {
                await rows.StartRowAsync(cancel);
                rows.Write(run.ProvinceCode);
                rows.Write(month);
                rows.Write(run.RunNo);
                rows.Write(awardNumbers[next.AwardId]);
                rows.Write(next.Component);
                rows.Write(next.Version);
                rows.Write(person.RecipientId);
                rows.Write(next.Ranges.Select(range => range.From.Key()).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer);
                rows.Write(next.Ranges.Select(range => range.To?.Key() ?? 0).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Integer);
                rows.Write(next.Ranges.Select(range => range.Amount.Amount).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bigint);
            }
        }
    }

    /// <summary>Numbers the sentences of the partition by their hash, so that no number depends on who comes first, and stores those not stored yet.</summary>
    async Task KeepExplanationsAsync(List<(int LineNo, int RecipientId, PlannedDisbursement Disbursement)> placed, CancellationToken cancel)
    {
        var wanted = new SortedDictionary<int, Explanation>();
        foreach (var (_, _, disbursement) in placed)
        {
            foreach (var line in disbursement.Lines)
            {
                if (!numbers.TryGetValue(line.Explanation, out var number))
                {
                    number = NumberOf(line.Explanation);
                    // Two sentences with one number are one in some millions: the later takes the next free one.
                    while ((kept.TryGetValue(number, out var other) || wanted.TryGetValue(number, out other)) && other != line.Explanation) number = (number + 1) & int.MaxValue;
                    numbers[line.Explanation] = number;
                }

                if (!kept.ContainsKey(number)) wanted[number] = line.Explanation;
            }
        }

        if (wanted.Count == 0) return;
        var all = wanted.Values.ToArray();
        var parameters = new
        {
            provinceCode = run.ProvinceCode, month, runNo = run.RunNo, numbers = wanted.Keys.ToArray(), vi = Array.ConvertAll(all, one => one.Vi), en = Array.ConvertAll(all, one => one.En),
            rules = Array.ConvertAll(all, one => one.Rule), citations = Array.ConvertAll(all, one => one.Citation), statuses = Array.ConvertAll(all, one => one.Status),
        };
        if (await session.ExecuteAsync(InsertExplanations, parameters, cancel) < all.Length)
        {
            foreach (var stored in await session.QueryAsync<(int No, string Vi, string En, string Rule, string Citation, string Status)>(FindExplanations, parameters, cancel))
            {
                if (wanted[stored.No] == new Explanation(stored.Vi, stored.En, stored.Rule, stored.Citation, stored.Status)) continue;
                // Another process numbered another sentence so: forget ours, and let the partition be taken again with the stored one known.
                numbers.Clear();
                kept[stored.No] = new Explanation(stored.Vi, stored.En, stored.Rule, stored.Citation, stored.Status);
                numbers[kept[stored.No]] = stored.No;
                await KeepExplanationsAsync(placed, cancel);
                return;
            }
        }

        foreach (var (number, explanation) in wanted) fresh.Add((number, explanation));
    }

    readonly List<(int Number, Explanation Explanation)> fresh = [];

    /// <summary>The partition's transaction is committed: its sentences stand, and need not be stored again.</summary>
    public void Committed()
    {
        foreach (var (number, explanation) in fresh) kept[number] = explanation;
        fresh.Clear();
    }

    static int NumberOf(Explanation explanation)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{explanation.Vi}\n{explanation.En}\n{explanation.Rule}\n{explanation.Citation}\n{explanation.Status}"));
        return System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(hash) & int.MaxValue;
    }
}
