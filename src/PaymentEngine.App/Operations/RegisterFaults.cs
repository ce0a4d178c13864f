using PaymentEngine.Core;
using PaymentEngine.Messages.Csv;
using PaymentEngine.Postgres.Register;

namespace PaymentEngine.App.Operations;

/// <summary>The words for what staged rows are refused for.</summary>
static class RegisterFaults
{
    public static Problem Of(StagedFault fault, string file)
    {
        var (message, remedy) = fault.Code switch
        {
            RegisterRefusals.PersonUnknown => ($"No person has the key '{fault.Shown}'.", "Add the person to people.csv, or correct the key."),
            RegisterRefusals.AwardUnknown => ($"No award has the key '{fault.Shown}'.", "Add the award to awards.csv, or correct the key."),
            RegisterRefusals.AwardOtherPerson => ($"The award '{fault.Shown}' belongs to another person.",
                "An award has one holder for its life: correct the key, or give the new holder an award of their own."),
            RegisterRefusals.RowTwice => ($"A file before this one has the same row ('{fault.Shown}').", "Keep one of the two rows."),
            "payee.overlap" => ($"'{fault.Shown}' has another right of the same scope and role in this term; it would be open who gets the money.",
                "End the older right first: give its row again with a day in 'to' before this row's 'from'."),
            "funeral.second" => ($"A funeral allowance for the deceased '{fault.Shown}' is decided for somebody else before.",
                "One is paid for one deceased (Pháp lệnh 02/2020/UBTVQH14, Điều 6.4; 335/2026/NĐ-CP, Điều 11). Take this row out; or first take the other decision back: its row again, with last_month before the month of its decision."),
            RegisterRefusals.CommuneNotOnDate => ($"No commune had the code {fault.Shown} in the month of this row.",
                "See what it became: payengine area show CODE. Write the code of that month; or import the unit first: payengine area import area-units.csv."),
            "paid.conflict" => ($"This month of '{fault.Shown}' is listed already with another amount.", "What was listed stays; a difference is arrears or a recoupment of the next list, never another row."),
            "paid.after_first_list" => ($"'{fault.Shown}': from this month on this system made the lists itself.", "paid.csv is for lists of other systems before its first one: take the row out."),
            _ => throw new ArgumentOutOfRangeException(nameof(fault), fault.Code, "A check without words."),
        };
        return new Problem(fault.Code, message, remedy).In(file, fault.Line, fault.Column);
    }
}
