namespace PaymentEngine.Messages.Csv;

/// <summary>The files a register comes in (to Recoupments), those that report what happened to its people, those of administrative units, and those of case-handling portals. Columns: schemas/import/.</summary>
public enum RegisterFileKind : byte { Areas = 1, Payers, People, Awards, Payees, Paid, LocalStandards, Recoupments, Deaths, Moves, Births, Identifiers, Heads, PopulationAnswers, AccountAnswers, AccountCorrections, AreaUnits, AreaDivisions, PortalProcedures, PortalApplications, PortalStatuses, PortalReceipts }
