using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;

namespace PaymentEngine.Postgres;

/// <summary>How far the hand-over of a file is.</summary>
/// <param name="HandOverNo">The last intent; 0 when there is none.</param>
public sealed record HandOverState(int FileNo, int HandOverNo, bool Sent, bool InDoubt)
{
    public OwnStep Step => Sent ? OwnStep.HandedOver : InDoubt ? OwnStep.InDoubt : OwnStep.Sealed;
}

/// <summary>Hand-overs: the intent stands before the act, the outcome after it. From the intent on the money is in transit, since from then on nobody can be sure that it is not.</summary>
public static class HandOverStore
{
    const string States = """
        -- HandOverStore.States
        SELECT f.file_no AS FileNo, coalesce(l.hand_over_no, 0) AS HandOverNo,
               EXISTS (SELECT FROM hand_over_outcome o WHERE o.province_code = f.province_code AND o.month = f.month AND o.file_no = f.file_no AND o.outcome = 'sent'
                    AND NOT EXISTS (SELECT FROM hand_over_outcome r WHERE r.province_code = o.province_code AND r.month = o.month AND r.file_no = o.file_no
                                       AND r.hand_over_no = o.hand_over_no AND r.outcome = 'recovered')) AS Sent,
               l.hand_over_no IS NOT NULL AND NOT EXISTS (SELECT FROM hand_over_outcome o WHERE o.province_code = f.province_code AND o.month = f.month AND o.file_no = f.file_no
                    AND o.hand_over_no = l.hand_over_no AND o.outcome IN ('sent', 'refused', 'recovered')) AS InDoubt
          FROM standing_file f
          LEFT JOIN LATERAL (SELECT max(h.hand_over_no) AS hand_over_no FROM hand_over h WHERE h.province_code = f.province_code AND h.month = f.month AND h.file_no = f.file_no) l ON true
         WHERE f.province_code = @provinceCode AND f.month = @month AND f.run_no = @runNo ORDER BY f.file_no;
        """;

    const string Intend = """
        -- HandOverStore.Intend
        INSERT INTO hand_over (province_code, month, file_no, hand_over_no, channel, person, intended_at, operation_no)
        VALUES (@provinceCode, @month, @fileNo, @handOverNo, @channel, @person, @at, @operationNo);
        """;

    const string Outcome = """
        -- HandOverStore.Outcome
        INSERT INTO hand_over_outcome (province_code, month, file_no, hand_over_no, outcome, evidence, at, operation_no)
        VALUES (@provinceCode, @month, @fileNo, @handOverNo, @outcome, @evidence, @at, @operationNo);
        """;

    const string Answered = """
        -- HandOverStore.Answered: has a bank said anything about the file, one of its batches or one of its payments?
        SELECT EXISTS (SELECT FROM bank_fact f WHERE f.province_code = @provinceCode AND f.target IN (2, 3) AND f.target_month = @month AND f.target_no = @fileNo)
            OR EXISTS (SELECT FROM batch b JOIN bank_fact f ON f.province_code = b.province_code AND f.target = 1 AND f.target_month = b.origin_month AND f.target_run = b.origin_run
                          AND f.target_no BETWEEN b.line_from AND b.line_to
                        WHERE b.province_code = @provinceCode AND b.month = @month AND b.file_no = @fileNo)
            OR EXISTS (SELECT FROM batch b JOIN match m ON m.province_code = b.province_code
                          AND (m.decision = 'attempt' AND m.target_month = b.origin_month AND m.target_run = b.origin_run AND m.target_no BETWEEN b.line_from AND b.line_to
                            OR m.decision = 'batch' AND m.target_month = b.month AND m.target_no = b.file_no)
                        WHERE b.province_code = @provinceCode AND b.month = @month AND b.file_no = @fileNo);
        """;

    const string MoveFile = """
        -- HandOverStore.MoveFile: all payments of the file
        INSERT INTO moved (run_month, run_no, line_no, programme, commune_id, file_no, from_place, to_place, amount_vnd)
        SELECT d.month, d.run_no, d.line_no, d.programme, d.commune_id, @fileNo, @fromPlace, @toPlace, ab.amount_vnd
          FROM attempt_batch ab JOIN disbursement d ON d.province_code = ab.province_code AND d.month = ab.month AND d.run_no = ab.run_no AND d.line_no = ab.line_no
         WHERE ab.province_code = @provinceCode AND ab.file_month = @month AND ab.file_no = @fileNo;
        """;

    const string MoveStanding = """
        -- HandOverStore.MoveStanding: those that still stand there; the bank has spoken about others.
        INSERT INTO moved (run_month, run_no, line_no, programme, commune_id, file_no, from_place, to_place, amount_vnd)
        SELECT p.month, p.run_no, p.line_no, p.programme, p.commune_id, @fileNo, @fromPlace, @toPlace, p.amount_vnd
          FROM position p WHERE p.province_code = @provinceCode AND p.file_month = @month AND p.file_no = @fileNo AND p.place = @fromPlace;
        """;

    const string CarriesOthers = """
        -- HandOverStore.CarriesOthers: payments of other runs made again; a posting of theirs keeps its members, since file numbers are by month.
        SELECT EXISTS (SELECT FROM batch WHERE province_code = @provinceCode AND month = @month AND file_no = @fileNo AND (origin_month <> @month OR origin_run <> @runNo));
        """;

    const string Channel = """
        -- HandOverStore.Channel: by which way the last intent was.
        SELECT channel FROM hand_over WHERE province_code = @provinceCode AND month = @month AND file_no = @fileNo ORDER BY hand_over_no DESC LIMIT 1;
        """;

    /// <summary>How far the hand-over of each file of a run is; withdrawn ones are left out.</summary>
    public static Task<IReadOnlyList<HandOverState>> StatesAsync(DatabaseSession session, RunId run, CancellationToken cancel) =>
        session.QueryAsync<HandOverState>(States, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), runNo = run.RunNo }, cancel);

    /// <summary>Whether any bank has said anything about the file.</summary>
    public static Task<bool> AnsweredAsync(DatabaseSession session, RunId run, int fileNo, CancellationToken cancel) =>
        session.SingleAsync<bool>(Answered, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), fileNo }, cancel);

    /// <summary>The channel of a file's last intent, as it was named then; null when there was none.</summary>
    public static Task<string?> ChannelAsync(DatabaseSession session, RunId run, int fileNo, CancellationToken cancel) =>
        session.FindAsync<string>(Channel, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), fileNo }, cancel);

    /// <summary>Records the intent, and that the file's money is in transit from now on.</summary>
    public static async Task IntendAsync(DatabaseSession session, RunId run, int fileNo, int handOverNo, string channel, string person, Instant at, long operationNo, CancellationToken cancel)
    {
        // Places are read before the intent stands: it is the intent that moves them.
        await MoveAsync(session, run, fileNo, Place.Ordered, Place.InTransit, operationNo, cancel);
        await session.ExecuteAsync(Intend, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), fileNo, handOverNo, channel, person, at, operationNo }, cancel);
    }

    /// <summary>Records what became of an intent; one that was refused, or whose file was taken back out of the channel, brings the file's money back to where it was.</summary>
    public static async Task EndAsync(DatabaseSession session, RunId run, int fileNo, int handOverNo, string outcome, string evidence, Instant at, long operationNo, CancellationToken cancel)
    {
        if (outcome is "refused" or "recovered") await MoveAsync(session, run, fileNo, Place.InTransit, Place.Ordered, operationNo, cancel);
        await session.ExecuteAsync(Outcome, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), fileNo, handOverNo, outcome, evidence, at, operationNo }, cancel);
    }

    static async Task MoveAsync(DatabaseSession session, RunId run, int fileNo, Place from, Place to, long operationNo, CancellationToken cancel)
    {
        var answered = await AnsweredAsync(session, run, fileNo, cancel);
        var carriesOthers = await session.SingleAsync<bool>(CarriesOthers, new { provinceCode = run.ProvinceCode, month = run.Month.Key(), fileNo, runNo = run.RunNo }, cancel);
        await PostingStore.CreateMovedAsync(session, cancel);
        await session.ExecuteAsync(answered ? MoveStanding : MoveFile,
            new { provinceCode = run.ProvinceCode, month = run.Month.Key(), fileNo, fromPlace = (short)from, toPlace = (short)to }, cancel);
        await PostingStore.PostAsync(session, run.ProvinceCode, operationNo, keepMembers: answered || carriesOthers, cancel);
    }
}
