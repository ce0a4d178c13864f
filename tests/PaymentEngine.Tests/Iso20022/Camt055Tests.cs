using System.Text;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Messages.Paper;
using PaymentEngine.Tests.Golden;

namespace PaymentEngine.Tests.Iso20022;

public class Camt055Tests
{
    static RecallFile Recall(RecallReason reason = RecallReason.Duplicate, string message = "pain.001.001.09")
    {
        static PaymentToRecall Payment(int line, string batch, long amount, string name) => new(new InstructionId(40, new YearMonth(2026, 11), 3, line, 1), $"B40261121-000007-01-{batch}",
            new LocalDate(2026, 11, 24), new Vnd(amount), name, "0123456789", "Vietcombank");
        return new()
        {
            Id = new RecallId(40, new LocalDate(2026, 11, 26), 12), CreatedAt = new LocalDateTime(2026, 11, 26, 9, 15).WithOffset(Offset.FromHours(7)), Reason = reason, PayerName = "SO Y TE TINH NGHE AN",
            CustomerNumber = "KH000123", BankAgent = "VBAAVNVX", BankName = "Ngân hàng Nông nghiệp và Phát triển Nông thôn Việt Nam", OriginalMessageId = "B40261121-000007-01", OriginalMessage = message,
            OriginalCreatedAt = new LocalDateTime(2026, 11, 21, 8, 30).WithOffset(Offset.FromHours(7)),
            Payments = [Payment(1, "001", 1_500_000, "NGUYEN THI HUONG"), Payment(9, "001", 540_000, "DANG VAN DUC"), Payment(2, "002", 3_000_000, "+CONG TY A")],
        };
    }

    static byte[] Written(Action<Stream> write)
    {
        using var stream = new MemoryStream();
        write(stream);
        return stream.ToArray();
    }

    static byte[] Message(RecallFile recall, BankProfile? profile = null) => Written(stream => Camt055Writer.Write(stream, recall, profile ?? BankProfiles.Generic));

    [Fact]
    public void A_recall_is_the_golden_message_and_reads_back_as_what_was_asked()
    {
        var bytes = Message(Recall());
        GoldenFile.Equal("camt.055/three-payments.xml", bytes);
        Assert.Empty(OurSchema.Check(new MemoryStream(bytes), Camt055Writer.MessageVersion));
        Assert.Equal(bytes, Message(Recall()));
        var back = Camt055Reader.ReadBack(new MemoryStream(bytes)).Value;
        Assert.Equal(("R40261126-000012", "2026-11-26T09:15:00+07:00", 3L, new Vnd(5_040_000), "B40261121-000007-01"), (back.MessageId, back.CreatedAt, back.AnnouncedCount, back.AnnouncedSum!.Value, back.OriginalMessageId));
        Assert.Equal(
            [("R40261126-000012-001", "B40261121-000007-01-001", "P402611003000001AG", 1_500_000L, "DUPL"), ("R40261126-000012-002", "B40261121-000007-01-001", "P402611003000009AJ", 540_000L, "DUPL"),
             ("R40261126-000012-003", "B40261121-000007-01-002", "P402611003000002AC", 3_000_000L, "DUPL")],
            back.Requests.Select(request => (request.CancellationId!, request.BatchId!, request.EndToEndId!, request.Amount!.Value.Amount, request.ReasonCode!)));
        Assert.All(back.Requests, request => Assert.Null(request.Uetr));
    }

    [Fact]
    public void A_UETR_that_was_sent_is_named_and_none_that_was_not()
    {
        var profile = BankProfiles.Generic with { WritesUetr = true, DebtorAgent = AgentForm.NapasNumber };
        var bytes = Message(Recall() with { BankAgent = "970405" }, profile);
        Assert.Empty(OurSchema.Check(new MemoryStream(bytes), Camt055Writer.MessageVersion));
        Assert.Equal(Recall().Payments.Select(payment => (string?)Uetr.Of(payment.Id)), Camt055Reader.ReadBack(new MemoryStream(bytes)).Value.Requests.Select(request => request.Uetr));
        Assert.DoesNotContain("UETR", Encoding.UTF8.GetString(Message(Recall(message: "pain.001.001.03") with { BankAgent = "970405" }, profile)), StringComparison.Ordinal);
    }

    [OfficialSchemaFact]
    public void Every_reason_and_form_is_valid_by_the_official_schema_and_ours_accepts_nothing_it_refuses()
    {
        foreach (var reason in Enum.GetValues<RecallReason>())
        {
            foreach (var profile in new[] { BankProfiles.Generic, BankProfiles.Generic with { WritesUetr = true, DebtorAgent = AgentForm.NapasNumber, CustomerNumberScheme = "BANK" } })
            {
                var bytes = Message(Recall(reason) with { BankAgent = profile.DebtorAgent == AgentForm.Bic ? "VBAAVNVX" : "970405" }, profile);
                Assert.Empty(OfficialValidation.Faults(bytes, Camt055Writer.MessageVersion));
                for (var seed = 1UL; seed <= 40; seed++)
                {
                    var mutated = Encoding.UTF8.GetBytes(MutatedXml.Of(Encoding.UTF8.GetString(bytes), new SeededRandom(seed)));
                    if (OurSchema.Check(new MemoryStream(mutated), Camt055Writer.MessageVersion).Count == 0) Assert.Empty(OfficialValidation.Faults(mutated, Camt055Writer.MessageVersion));
                }
            }
        }
    }

    [Fact]
    public void A_message_that_was_changed_is_noticed_when_read_back()
    {
        var text = Encoding.UTF8.GetString(Message(Recall()));
        Result<Camt055ReadBack> Read(string changed) => Camt055Reader.ReadBack(new MemoryStream(Encoding.UTF8.GetBytes(changed)));
        Assert.Equal("camt055.sum_differs", Read(text.Replace(">540000<", ">540001<", StringComparison.Ordinal)).Problems[0].Code);
        Assert.Equal("camt055.count_differs", Read(text.Replace("<NbOfTxs>3<", "<NbOfTxs>2<", StringComparison.Ordinal)).Problems[0].Code);
        Assert.Equal("camt055.unknown_message", Read("<a/>").Problems[0].Code);
        Assert.Equal("bank_file.not_well_formed", Read(text[..^20]).Problems[0].Code);
    }

    [Fact]
    public void What_is_out_of_order_or_not_ready_for_a_bank_is_never_written()
    {
        var recall = Recall();
        Assert.Throws<InvalidOperationException>(() => Message(recall with { Payments = [] }));
        Assert.Throws<InvalidOperationException>(() => Message(recall with { Payments = [.. recall.Payments.Reverse()] }));
        Assert.Throws<InvalidOperationException>(() => Message(recall with { Payments = [recall.Payments[0], recall.Payments[0]] }));
        Assert.Throws<InvalidOperationException>(() => Message(recall with { PayerName = "Sở Y tế" }));
        Assert.Throws<InvalidOperationException>(() => Message(recall with { OriginalMessage = "CSV" }));
    }

    [Fact]
    public void A_list_for_the_banks_desk_is_text_without_formulas_and_a_letter_names_the_sum_in_words()
    {
        var list = Written(stream => RecallListFile.Write(stream, Recall(RecallReason.NotEntitled)));
        GoldenFile.Equal("camt.055/list.csv", list);
        var text = Encoding.ASCII.GetString(list);
        Assert.DoesNotContain(",+CONG", text, StringComparison.Ordinal);
        Assert.Equal(4, text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);
        Assert.All(list, b => Assert.True(b < 128));

        var letter = Encoding.UTF8.GetString(Written(stream => RecallPage.Write(stream, Recall() with { PayerName = "Sở Y tế tỉnh Nghệ An" })));
        Assert.Contains("R40261126-000012", letter, StringComparison.Ordinal);
        Assert.Contains("P402611003000009AJ", letter, StringComparison.Ordinal);
        Assert.Contains(VndInWords.Of(new Vnd(5_040_000)), System.Net.WebUtility.HtmlDecode(letter), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dupl", RecallReason.Duplicate)]
    [InlineData(" FRAD ", RecallReason.Fraud)]
    public void A_reason_is_read_by_its_code(string text, RecallReason reason) => Assert.Equal(reason, RecallReasons.Parse(text).Value);

    [Fact]
    public void Every_reason_has_a_code_of_the_list_of_cancellation_reasons_and_any_other_word_is_refused()
    {
        var known = CodeLists.Read("cancellation-reason").Select(row => row["code"]).ToHashSet(StringComparer.Ordinal);
        Assert.All(RecallReasons.Codes, code => Assert.Contains(code, known));
        Assert.Equal("usage.recall_reason", RecallReasons.Parse("CUST").Problems[0].Code);
    }
}
