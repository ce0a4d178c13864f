using System.Text;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using PaymentEngine.Core.Recipients;
using PaymentEngine.Core.Recipients.Names;
using PaymentEngine.Messages;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Messages.Iso20022;
using PaymentEngine.Tests.Iso20022;

namespace PaymentEngine.Tests.Abuse;

/// <summary>Abuse cases 19 and 20: texts that are a character too long, and letters that look like others.</summary>
public sealed class TextLimitTests
{
    const string People = "person_id,full_name,birth,province_code,commune_code";

    static (List<PersonFacts> Rows, List<Problem> Refusals) Read(string rows)
    {
        using var reading = RegisterFiles.ReadPeople(new MemoryStream(Encoding.UTF8.GetBytes(People + "\n" + rows)), "people.csv");
        List<PersonFacts> taken = [.. reading.Select(row => row.Value)];
        return (taken, [.. reading.Refusals.Kept]);
    }

    /// <summary>One letter of one byte in the file, and one of three that the banks' letters write with one.</summary>
    public static TheoryData<string> Letters => ["N", "Ễ"];

    [Theory]
    [MemberData(nameof(Letters))]
    public void AbuseCase19_Oversized_ids_and_texts_are_cut_with_a_finding_or_refused_and_never_silently(string letter)
    {
        // Names (70, or 140 where the bank takes them) and what the payee reads (140): up to the limit whole, one more is said.
        foreach (var limit in new[] { 35, 70, 105, 140 })
        {
            foreach (var write in new Func<string, int, BankTextResult>[] { BankText.Name, BankText.Text, (text, max) => BankText.Remittance(text, max, null) })
            {
                var whole = write(Repeat(letter, limit), limit);
                Assert.Equal((limit, BankTextFindings.None), (whole.Text.Length, whole.Findings));
                Assert.Equal(limit, Encoding.UTF8.GetByteCount(whole.Text)); // a character is a byte on the way out
                var over = write(Repeat(letter, limit + 1), limit);
                Assert.Equal((limit, BankTextFindings.Cut), (over.Text.Length, over.Findings));
            }
        }

        // A letter of two places in the plain alphabet counts as two.
        Assert.Equal((70, BankTextFindings.Cut), BankText.Name(Repeat("ß", 36), 70) is var eszett ? (eszett.Text.Length, eszett.Findings) : default);
        Assert.Equal((70, BankTextFindings.None), BankText.Name(Repeat("ß", 35), 70) is var fits ? (fits.Text.Length, fits.Findings) : default);

        // Our own ids fit wherever the standard has 35 places, whatever their numbers.
        var month = new YearMonth(2099, 12);
        Assert.Equal(18, new InstructionId(99, month, RunId.RunNoMax, (1 << 30) - 1, 26).ToString().Length);
        Assert.Equal(23, new MessageId(99, new LocalDate(2099, 12, 31), 999_999, 99).Batch(999).Length);

        // At the door: a cell may be a thousand characters, not one more; a name is read up to its limit.
        Assert.Single(Read($"P1,{Repeat(letter, 1_000)},1950,40,40001\n").Rows);
        Assert.Equal(RegisterRefusals.CellTooLong, Assert.Single(Read($"P1,{Repeat(letter, 1_001)},1950,40,40001\n").Refusals).Code);
        Assert.Equal(NameFindings.None, NameForm.Of(Repeat(letter, NameForm.LengthMax)).Findings);
        Assert.Equal(NameFindings.TooLong, NameForm.Of(Repeat(letter, NameForm.LengthMax + 1)).Findings);

        // Account numbers: 6 to 19.
        foreach (var (length, ok) in new[] { (5, false), (6, true), (19, true), (20, false) }) Assert.Equal(ok, AccountNumber.Parse(new string('7', length)).IsOk);

        // What a bank sends: an id of 36 places is kept as it is and names nothing of ours; it is not cut into an id that does.
        foreach (var id in new[] { Repeat(letter, 35), Repeat(letter, 36), new InstructionId(40, month, 1, 1, 1) + Repeat(letter, 18) })
        {
            var recorded = new Recorded();
            Assert.True(BankMessageReader.Read(new MemoryStream(Encoding.UTF8.GetBytes($"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:pain.002.001.10\"><CstmrPmtStsRpt><GrpHdr><MsgId>{id}</MsgId></GrpHdr><OrgnlPmtInfAndSts><TxInfAndSts><OrgnlEndToEndId>{id}</OrgnlEndToEndId><TxSts>RJCT</TxSts></TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>")), recorded).IsOk);
            Assert.Equal(id, Assert.Single(recorded.Reports, report => report.EndToEndId is not null).EndToEndId);
            Assert.False(InstructionId.Parse(id).IsOk);
        }

        // And what we write refuses an id that is too long for the message instead of cutting it.
        Assert.ThrowsAny<Exception>(() => new MessageId(40, new LocalDate(2026, 11, 1), 1_000_000, 1).ToString());
    }

    static string Repeat(string letter, int times) => string.Concat(Enumerable.Repeat(letter, times));

    [Fact]
    public void AbuseCase20_Unicode_confusables_and_forms_are_one_name_where_they_are_one_and_refused_where_they_pretend()
    {
        // One name, however its letters were typed: stored composed, compared on one key, written to banks one way.
        const string Name = "Đặng Thị Hoà";
        foreach (var form in new[] { Name, Name.Normalize(NormalizationForm.FormD), "Ðặng Thị Hoà", "Ɖặng Thị Hoà", "ĐẶNG THỊ HOÀ", "Đặng Thị Hòa", "  Đặng\u00A0Thị  Hoà " })
        {
            Assert.Equal("DANG THI HOA", NameForm.Of(form).Key);
            Assert.Equal(NameForm.Of(Name).MarkedKey, NameForm.Of(form).MarkedKey);
            Assert.Equal("DANG THI HOA", BankText.Name(form, 70).Text);
            Assert.True(NameMatch.Compare(form, Name).IsAccepted);
            var row = Assert.Single(Read($"P1,{form},1950,40,40001\n").Rows);
            Assert.True(row.FullName.IsNormalized(NormalizationForm.FormC));
        }

        // Letters of other scripts, letters nobody sees and texts of old fonts: refused at their place, in the name and in the key.
        foreach (var (text, code) in new[]
        {
            ("D\u0430ng Thi Hoa", RegisterRefusals.TextOtherScript), ("Dang Thi Ho\u0391", RegisterRefusals.TextOtherScript), ("\u0410n", RegisterRefusals.TextOtherScript),
            ("Đặng\u200B Thị Hoà", RegisterRefusals.TextInvisible), ("Đặng \u202EàoH ịhT", RegisterRefusals.TextInvisible), ("Đặng\u2060Thị Hoà", RegisterRefusals.TextInvisible), ("\u2066Hoà\u2069", RegisterRefusals.TextInvisible),
            ("NguyÔn ThÞ Hång", RegisterRefusals.TextOldEncoding), ("Nguyeãn Thò Hoàng", RegisterRefusals.TextOldEncoding),
        })
        {
            var (rows, refusals) = Read($"P1,{text},1950,40,40001\n");
            Assert.Empty(rows);
            Assert.Equal((code, 2, "full_name"), (Assert.Single(refusals).Code, refusals[0].At!.Line, refusals[0].At!.Column));
        }

        foreach (var key in new[] { "\u0420\u0031", "P\u200B1", "P\u202E1" })
        {
            var (rows, refusals) = Read($"{key},Đặng Thị Hoà,1950,40,40001\n");
            Assert.Empty(rows);
            Assert.Equal("person_id", Assert.Single(refusals).At!.Column);
        }

        // A holder's name as a bank tells it is judged, not refused: what pretends is never accepted.
        foreach (var holder in new[] { "D\u0410NG THI HOA", "DANG THI HO\u0391" })
            Assert.Equal((NameRule.ForeignLetters, false), NameMatch.Compare(holder, Name) is var match ? (match.Rule, match.IsAccepted) : default);
        Assert.NotEqual(NameFindings.None, NameForm.Of("DANG\u200B THI HOA").Findings & NameFindings.Invisible);
    }
}
