using PaymentEngine.Core;
using PaymentEngine.Core.Payments;
using static PaymentEngine.Messages.Csv.ColumnType;

namespace PaymentEngine.Messages.Csv;

/// <summary>payers.csv: the authorities that pay, and from which account. Columns and rules: schemas/import/payers.md.</summary>
sealed class PayersFile() : RegisterFileFormat<PayerRow>(RegisterFileKind.Payers, "payers.csv", columns)
{
    static readonly ColumnSet columns = new();
    static readonly RegisterColumn payerCode = columns.Add("payer_code", Id, required: true);
    static readonly RegisterColumn name = columns.Add("name", ColumnType.Text, required: true);
    static readonly RegisterColumn shortName = columns.Add("short_name", ColumnType.Text, required: true);
    static readonly RegisterColumn kind = columns.Add("kind", Choice, required: true, RegisterWords.PayerKind.All);
    static readonly RegisterColumn provinceCode = columns.Add("province_code", Code, required: true);
    static readonly RegisterColumn programmes = columns.Add("programmes", List, required: true, RegisterWords.Programme.All);
    static readonly RegisterColumn communeCodes = columns.Add("commune_codes", List);
    static readonly RegisterColumn countsFrom = columns.Add("counts_from", Month, required: true);
    static readonly RegisterColumn debtorBankBin = columns.Add("debtor_bank_bin", Code, required: true);
    static readonly RegisterColumn debtorAccountNo = columns.Add("debtor_account_no", Id, required: true);
    static readonly RegisterColumn debtorAccountName = columns.Add("debtor_account_name", ColumnType.Text, required: true);
    static readonly RegisterColumn customerNo = columns.Add("customer_no", Id);
    static readonly RegisterColumn validFrom = columns.Add("valid_from", Date);
    static readonly RegisterColumn validTo = columns.Add("valid_to", Date);

    public override string KeyInWords => "payer_code and valid_from";

    public override UInt128 KeyOf(PayerRow value) => RegisterKey.Of(value.PayerCode, RegisterValues.Text(value.ValidFrom));

    public override PayerRow Read(RegisterRowFields row)
    {
        var payer = new PayerRow
        {
            PayerCode = row.RequiredId(payerCode),
            Name = row.RequiredText(name),
            ShortName = row.RequiredText(shortName),
            Kind = row.Choice(kind, RegisterWords.PayerKind),
            ProvinceCode = row.Province(provinceCode),
            Programmes = row.Choices(programmes, RegisterWords.Programme),
            CommuneCodes = row.Communes(communeCodes),
            CountsFrom = row.Month(countsFrom) ?? default,
            DebtorBankBin = row.BankBin(debtorBankBin) ?? "",
            DebtorAccountNo = row.Account(debtorAccountNo) ?? default,
            DebtorAccountName = row.RequiredText(debtorAccountName),
            CustomerNo = row.Id(customerNo),
            ValidFrom = row.Date(validFrom),
            ValidTo = row.Date(validTo),
        };

        row.Period(validTo, payer.ValidFrom, payer.ValidTo);
        if (payer.Kind == PayerKind.Commune && row.IsEmpty(communeCodes))
            row.Refuse(communeCodes, RegisterRefusals.CommunesMissing, "A commune that pays does not say for which commune.", "Write its commune code.");
        return payer;
    }

    public override void Write(RegisterRowWriter row, PayerRow value)
    {
        row.Put(value.PayerCode);
        row.Put(value.Name);
        row.Put(value.ShortName);
        row.Put(RegisterWords.PayerKind.Of(value.Kind));
        row.Put(value.ProvinceCode);
        row.Put(string.Join(';', value.Programmes.Select(RegisterWords.Programme.Of)));
        row.Put(value.CommuneCodes.Count == 0 ? null : string.Join(';', value.CommuneCodes));
        row.Put(value.CountsFrom.Text());
        row.Put(value.DebtorBankBin);
        row.Put(value.DebtorAccountNo.Text);
        row.Put(value.DebtorAccountName);
        row.Put(value.CustomerNo);
        row.Put(RegisterValues.Text(value.ValidFrom));
        row.Put(RegisterValues.Text(value.ValidTo));
    }
}
