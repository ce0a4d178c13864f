using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;
using PaymentEngine.Core.Payments;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Tests.Golden;

namespace PaymentEngine.Tests.Iso20022;

/// <summary>One model, three versions, and every parameter of a profile that touches the message.</summary>
public class Pain001VersionsTests
{
    /// <summary>Profiles that differ in what they put into the message; each is written in every version.</summary>
    static readonly Dictionary<string, BankProfile> shapes = new()
    {
        ["napas-numbers"] = BankProfiles.Generic,
        ["bics"] = BankProfiles.Generic with { CreditorAgent = AgentForm.Bic, DebtorAgent = AgentForm.Bic, DebtorId = DebtorIdKind.TaxCode },
        ["branch-codes"] = BankProfiles.Generic with { CreditorAgent = AgentForm.BranchCode, DebtorAgent = AgentForm.BranchCode, DebtorId = DebtorIdKind.BudgetUnitCode, CustomerNumberScheme = "BANK" },
        ["everything"] = BankProfiles.Generic with
        {
            WritesUetr = true, InstructionPriority = "HIGH", LocalInstrument = "CHI TRO CAP", BatchBooking = false, ChargeBearer = "SLEV", DebtorId = DebtorIdKind.TaxCode, DebtorAgent = AgentForm.NapasNumber,
        },
        ["shortest"] = BankProfiles.Generic with { RemittanceLengthMax = 25, RemittanceCharacters = "-.", NameLengthMax = 20, ChargeBearer = null, InstructionPriority = "NORM" },
    };

    public static TheoryData<string, string> VersionsAndShapes()
    {
        var all = new TheoryData<string, string>();
        foreach (var version in Pain001Version.All)
        {
            foreach (var shape in shapes.Keys) all.Add(version.Message, shape);
        }

        return all;
    }

    static readonly MessageId message = new(40, new LocalDate(2026, 11, 21), 7, 1);

    static PaymentInstruction Payment(int line, long amount, string name, string account, string text, string bin = "970405", int attempt = 1) => new(
        new InstructionId(40, new YearMonth(2026, 11), 3, line, attempt), new Vnd(amount), bin, bin == "970405" ? "VBAAVNVX" : "BFTVVNVXXXX", bin == "970405" ? "40204001" : "01203001", name, account,
        bin == "970405" ? "SSBE" : "GWLT", text);

    static PaymentBatch Batch(int number, string? level, string? owner, params PaymentInstruction[] payments) => new()
    {
        BatchId = message.Batch(number), ExecutionDate = new LocalDate(2026, 11, 24), DebtorName = "SO Y TE TINH NGHE AN", DebtorAccount = "3601000000012", DebtorBic = "VBAAVNVX", DebtorBankBin = "970405",
        DebtorBranchCode = "40204001", DebtorTaxCode = "2900325124", DebtorBudgetUnitCode = "1056789", UltimateDebtorName = owner, CategoryPurpose = "SSBE", ServiceLevel = level, Count = payments.Length,
        Sum = payments.Aggregate(Vnd.Zero, (sum, p) => sum + p.Amount), Payments = payments,
    };

    static BatchFile File(string? customer, params PaymentBatch[] batches) => new()
    {
        MessageId = message.ToString(), CreatedAt = new LocalDateTime(2026, 11, 21, 8, 30).WithOffset(Offset.FromHours(7)), PayerName = "SO Y TE TINH NGHE AN",
        CustomerNumber = customer, Count = batches.Sum(b => b.Count), Sum = batches.Aggregate(Vnd.Zero, (sum, b) => sum + b.Sum), Batches = batches,
    };

    static BatchFile ThreeBatches(string shape) => File(shape == "shortest" ? null : "KH000123",
        Batch(1, "NURG", null, Payment(1, 1_500_000, "NGUYEN THI HUONG", "0123456789", "TRO CAP T11.2026"), Payment(3, 540_000, "DANG VAN DUC", "00012345678", "")),
        Batch(2, shape == "shortest" ? null : "URGP", shape == "everything" ? "SO NOI VU" : null, Payment(2, 999_999_999_999, "O'BRIEN (A) VA B-1", "VN00X7", "TRO CAP T11.2026", "970436")),
        Batch(3, shape == "shortest" ? null : "INST", null, Payment(0x3FFF_FFFF, 1, "Y", "1", "TRO CAP T11.2026 - DOT 3", "970436", attempt: 26)));

    static byte[] Write(BatchFile file, BankProfile profile, out WrittenFile written)
    {
        using var stream = new MemoryStream();
        written = Pain001Writer.Write(stream, file, profile);
        return stream.ToArray();
    }

    static byte[] Plain(BatchFile file, BankProfile profile)
    {
        using var stream = new MemoryStream();
        PlainPain001.Write(stream, file, profile);
        return stream.ToArray();
    }

    [Theory]
    [MemberData(nameof(VersionsAndShapes))]
    public void Each_version_of_each_shape_is_the_golden_file_and_valid_by_our_schema_of_that_version(string version, string shape)
    {
        var profile = shapes[shape] with { MessageVersion = version };
        var bytes = Write(ThreeBatches(shape), profile, out var written);
        GoldenFile.Equal($"pain.001/{version}/{shape}.xml", bytes);
        Assert.Empty(OurSchema.Check(new MemoryStream(bytes), version));
        Assert.Equal(Plain(ThreeBatches(shape), profile), bytes);

        // The list is the approved list, whatever the version says about it.
        var back = Pain001Reader.ReadBack(new MemoryStream(bytes)).Value;
        Assert.Equal((version, written.ListHash, written.Count, written.Sum), (back.MessageVersion, back.ListHash, back.Count, back.Sum));
        foreach (var other in Pain001Version.All.Where(one => one.Message != version)) Assert.NotEmpty(OurSchema.Check(new MemoryStream(bytes), other.Message));
    }

    [Theory]
    [InlineData("pain.001.001.03")]
    [InlineData("pain.001.001.09")]
    [InlineData("pain.001.001.12")]
    public void A_bank_that_asks_for_it_gets_the_business_header_and_an_envelope_around_both(string version)
    {
        var profile = shapes["bics"] with { MessageVersion = version, Envelope = EnvelopeKind.Head001 };
        var bytes = Write(ThreeBatches("bics"), profile, out var written);
        GoldenFile.Equal($"pain.001/{version}/enveloped.xml", bytes);
        Assert.Equal((bytes.Length, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes))), (written.Bytes, written.Sha256));
        Assert.Empty(OurSchema.Check(new MemoryStream(bytes), version));
        // The message in it is the one that goes out without the envelope.
        var alone = Encoding.UTF8.GetString(Write(ThreeBatches("bics"), profile with { Envelope = EnvelopeKind.None }, out var plain));
        Assert.Contains(alone[alone.IndexOf("<Document", StringComparison.Ordinal)..], Encoding.UTF8.GetString(bytes), StringComparison.Ordinal);
        var back = Pain001Reader.ReadBack(new MemoryStream(bytes)).Value;
        Assert.Equal((version, plain.ListHash, $"{message} {version}"), (back.MessageVersion, back.ListHash, back.Header));
        Assert.Null(Pain001Reader.ReadBack(new MemoryStream(Encoding.UTF8.GetBytes(alone))).Value.Header);

        // A header that is not ours, or half of one, is found.
        foreach (var (from, to) in (ReadOnlySpan<(string, string)>)[("<MsgDefIdr>pain.001", "<MsgDefIdr>pain.008"), ("<CreDt>", "<CrDt>"), ("</AppHdr>", "<Sgntr></Sgntr></AppHdr>"), ("BizMsgEnvlp", "Envelope")])
            Assert.NotEmpty(OurSchema.Check(new MemoryStream(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace(from, to, StringComparison.Ordinal).Replace("</CreDt>", from == "<CreDt>" ? "</CrDt>" : "</CreDt>", StringComparison.Ordinal))), version));
    }

    [OfficialSchemaFact]
    public void The_business_header_is_valid_by_the_official_schema()
    {
        foreach (var (shape, profile) in shapes)
        {
            var text = Encoding.UTF8.GetString(Write(ThreeBatches(shape), profile with { Envelope = EnvelopeKind.Head001 }, out _));
            var from = text.IndexOf("<AppHdr", StringComparison.Ordinal);
            var header = text[from..(text.IndexOf("</AppHdr>", StringComparison.Ordinal) + "</AppHdr>".Length)];
            Assert.Empty(OfficialValidation.Faults(Encoding.UTF8.GetBytes(header), "head.001.001.02"));
        }
    }

    [OfficialSchemaFact]
    public void Each_version_of_each_shape_is_valid_by_the_official_schema()
    {
        foreach (var version in Pain001Version.All)
        {
            foreach (var (shape, profile) in shapes)
                Assert.Empty(OfficialValidation.Faults(Write(ThreeBatches(shape), profile with { MessageVersion = version.Message }, out _), version.Message));
        }
    }

    [OfficialSchemaFact]
    public void Our_schemas_accept_nothing_the_official_ones_refuse()
    {
        var (accepted, refusedByBoth, ours) = (0, 0, 0);
        foreach (var version in Pain001Version.All)
        {
            foreach (var (shape, profile) in shapes)
            {
                var text = Encoding.UTF8.GetString(Write(ThreeBatches(shape), profile with { MessageVersion = version.Message }, out _));
                for (var seed = 1UL; seed <= 80; seed++)
                {
                    var mutated = Encoding.UTF8.GetBytes(MutatedXml.Of(text, new SeededRandom(seed)));
                    var official = OfficialValidation.Faults(mutated, version.Message);
                    if (OurSchema.Check(new MemoryStream(mutated), version.Message).Count == 0)
                    {
                        Assert.True(official.Count == 0, $"{version.Message}, {shape}, seed {seed}: we accept what the official schema refuses: {(official.Count > 0 ? official[0] : "")}");
                        accepted++;
                    }
                    else if (official.Count == 0) ours++;
                    else refusedByBoth++;
                }
            }
        }

        // All three kinds occur, or the mutations prove nothing.
        Assert.True(accepted > 20 && refusedByBoth > 100 && ours > 20, $"{accepted} accepted by both, {refusedByBoth} refused by both, {ours} refused by ours alone");
    }

    [Fact]
    public void The_bytes_are_those_of_XmlWriter_for_any_payments_and_every_profile()
    {
        var profiles = Pain001Version.All.SelectMany(version => shapes.Values.Concat([BankProfiles.Generic]).Select(profile => profile with { MessageVersion = version.Message })).ToArray();
        var cases = (from seed in Gen.Choose(0, int.MaxValue) from count in Gen.Choose(1, 60) from profile in Gen.Choose(0, profiles.Length - 1) select (seed, count, profile)).ToArbitrary();
        Prop.ForAll(cases, one =>
        {
            var random = new SeededRandom((ulong)one.seed);
            var profile = profiles[one.profile];
            var file = AnyFile(random, one.count, profile);
            return Write(file, profile, out _).AsSpan().SequenceEqual(Plain(file, profile));
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>Any clean texts, banks, runs and amounts, in one to four batches.</summary>
    static BatchFile AnyFile(SeededRandom random, int count, BankProfile profile)
    {
        const string letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 /-?:().,'+";
        string Clean(int lengthMax) => BankText.Name(string.Concat(Enumerable.Range(0, 1 + random.Below(lengthMax)).Select(_ => letters[random.Below(letters.Length)])) + "X", lengthMax).Text;
        string Figures(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => (char)('0' + random.Below(10))));
        var payments = Enumerable.Range(0, count).Select(_ => new PaymentInstruction(
            new InstructionId((short)(1 + random.Below(2)), new YearMonth(2026, 1 + random.Below(12)), 1 + random.Below(3), random.Below(1 << 30), 1 + random.Below(26)), new Vnd(1 + random.Below(int.MaxValue)),
            random.Pick(["970405", "970436"]), random.Pick(["VBAAVNVX", "BFTVVNVX", "ICBVVNVXXXX"]), Figures(8), Clean(profile.NameLengthMax), Figures(1 + random.Below(34)), random.Pick(["SSBE", "GWLT", "PENS"]),
            random.Chance(3_000) ? "" : BankText.Remittance(Clean(160), 140, profile.RemittanceCharacters).Text)).DistinctBy(payment => payment.EndToEndId).ToList();
        var batches = new List<PaymentBatch>();
        for (var from = 0; from < payments.Count;)
        {
            var taken = batches.Count == 3 ? payments.Count - from : Math.Min(payments.Count - from, 1 + random.Below(count));
            batches.Add(Batch(batches.Count + 1, random.Pick([null, "NURG", "URGP"]), random.Chance(3_000) ? Clean(70) : null,
                [.. payments.GetRange(from, taken).OrderBy(payment => payment.EndToEndId.ToString(), StringComparer.Ordinal)]));
            from += taken;
        }

        return File(random.Chance(5_000) ? null : "KH" + Figures(6), [.. batches]);
    }

    [Fact]
    public void The_oldest_version_has_no_place_for_a_UETR() =>
        Assert.DoesNotContain("UETR", Encoding.UTF8.GetString(Write(ThreeBatches("everything"), shapes["everything"] with { MessageVersion = "pain.001.001.03" }, out _)), StringComparison.Ordinal);

    [Fact]
    public void A_shortest_remittance_field_holds_the_id_and_a_blank_and_nothing_the_bank_does_not_take()
    {
        var texts = new List<string?>();
        Pain001Reader.ReadBack(new MemoryStream(Write(ThreeBatches("shortest"), shapes["shortest"], out _)), payment => texts.Add(payment.RemittanceText));
        Assert.All(texts, text => Assert.True(text!.Length <= 25, text));
        Assert.Equal(["P402611003000001AG TRO CA", "P402611003000003A8", "P402611003000002AC TRO CA"], texts.Take(3));
        var withSlash = ThreeBatches("napas-numbers") with { Batches = [ThreeBatches("napas-numbers").Batches[0] with { Count = 1, Sum = new Vnd(5), Payments = [Payment(1, 5, "A", "1", "T11/2026")] }], Count = 1, Sum = new Vnd(5) };
        Write(withSlash, shapes["napas-numbers"], out _);
        Assert.Throws<InvalidOperationException>(() => Write(withSlash, shapes["shortest"], out _));
    }

    [Fact]
    public void What_a_profile_wants_and_a_payment_lacks_is_never_written_as_something_else()
    {
        var file = ThreeBatches("napas-numbers");
        PaymentBatch Without(Func<PaymentBatch, PaymentBatch> change) => change(file.Batches[0]);
        foreach (var (shape, batch) in new[]
        {
            ("bics", Without(b => b with { DebtorBic = null })), ("bics", Without(b => b with { DebtorTaxCode = null })), ("branch-codes", Without(b => b with { DebtorBranchCode = null })),
            ("branch-codes", Without(b => b with { DebtorBudgetUnitCode = null })), ("everything", Without(b => b with { DebtorBankBin = null })),
            ("bics", Without(b => b with { Payments = b.Payments.Select(p => p with { Bic = null }) })), ("branch-codes", Without(b => b with { Payments = b.Payments.Select(p => p with { MemberId = null }) })),
            ("napas-numbers", Without(b => b with { Payments = b.Payments.Select(p => p with { PurposeCode = "ssbe" }) })), ("napas-numbers", Without(b => b with { Payments = b.Payments.Select(p => p with { BankBin = "<970405>" }) })),
        })
        {
            Assert.Throws<InvalidOperationException>(() => Write(file with { Batches = [batch], Count = batch.Count, Sum = batch.Sum }, shapes[shape], out _));
        }

        Assert.Throws<InvalidOperationException>(() => Write(file, BankProfiles.Generic with { MessageVersion = "pain.001.001.11" }, out _));
        Assert.Throws<InvalidOperationException>(() => Write(file, BankProfiles.Generic with { FileBytesMax = 1000 }, out _));
    }

    [Fact]
    public void A_message_that_is_none_of_ours_has_no_schema_of_ours() => Assert.Throws<ArgumentException>(() => OurSchema.Check(Stream.Null, "pain.001.001.11"));
}
