using System.Runtime.InteropServices;
using System.Xml;
using PaymentEngine.Core;

namespace PaymentEngine.Messages.Iso20022;

/// <summary>The names of a document, each as one object: the parser's own table, quick for the names the standard has and bounded for all others.</summary>
/// <remarks>Names of elements in pain.001, pain.002, camt.029, camt.052 to .054, camt.056, pacs.002, pacs.004 and head.001 of all versions at hand. They say what is
/// strange in a message; nothing is read by this list.</remarks>
sealed class ElementNames(int strangersMax, Func<int> line) : XmlNameTable
{
    const string Standard = """
        Accptd AccptncDtTm Acct AcctOwnrTxId AcctSvcrRef AcctSvcrTxId ActlDt AddtlCardData AddtlCxlRsnInf AddtlInf AddtlInfInd AddtlNtfctnInf AddtlNtryInf
        AddtlPdctInf AddtlRmtInf AddtlRptInf AddtlRtrRsnInf AddtlStmtInf AddtlStsRsnInf AddtlSvc AddtlTxInf AdjstmntAmtAndRsn AdmstnZn AdmstnZone Adr AdrLine
        AdrTp Aggtd AggtdNtry Agt AgtAcct AmdmntInd AmdmntInfDtls Amt AmtDtls AmtsdVal AnncdPstngAmt AnyBIC AppHdr ApprvlNb Assgne Assgnmt AssgnmtCxlConf
        Assgnr AttndncCntxt AttndntLang AttndntMsgCpbl AuthntcnMtd AuthntcnNtty Authrty Authstn Avlbty BEI BIC BICFI BICOrBEI Bal BdryAmt BirthDt BizMsgIdr
        BizPrcgDt BizSvc BkPtyId BkToCstmrAcctRpt BkToCstmrDbtCdtNtfctn BkToCstmrStmt BkTxCd BldgNb BldgNm BookgDt Br BrnchId Btch BtchBookg CLSTm CSCMgmt
        CSCVal Card CardBrnd CardCtryCd CardDataNtryMd CardPres CardRdngCpblties CardSctyCd CardSeqNb CardTx CareOf Case Ccy CcyOfTrf CcyXchg Cd CdOrPrtry
        CdtAdvc CdtDbtInd CdtDtTm CdtLine CdtNoteAmt CdtNtries CdtTrfMndt CdtTrfTxInf Cdtr CdtrAcct CdtrAgt CdtrAgtAcct CdtrRef CdtrRefInf CdtrRefTp
        CdtrSchmeId CertId ChanlTp CharSet ChqFr ChqInstr ChqMtrtyDt ChqNb ChqTp ChrgBr ChrgInclInd Chrgs ChrgsAcct ChrgsAcctAgt ChrgsAmt ChrgsInf CityOfBirth
        ClmNonRctDtls ClrChanl ClrSys ClrSysId ClrSysMmbId ClrSysRef Clssfctn CmonId Cmpnt CntPerPrd CntrValAmt Compstn CompstnAmt ComssnWvrInd Conf ConfdAmt
        ConfdDt CorpActn CorpActnEvtId Cpblties CpyDplct CpyDplctInd CrdhldrPres CrdhldrVrfctnCpblties CreDt CreDtTm Cretr CrrctdAmt CrrctnTx CshDpst
        CstmrCdtTrfInitn CstmrPmtStsRpt CtctDtls Ctgy CtgyDtls CtgyPurp CtrPtyMktInfrstrctrTxId CtrctId CtrlData CtrlSum Ctry CtryOfBirth CtryOfRes
        CtrySubDvsn CtznId CxlDtls CxlId CxlRsn CxlRsnInf CxlStsId CxlStsRsnInf DUNS DbtAdvc DbtCdtRptgInd DbtDtTm DbtNtries Dbtr DbtrAcct DbtrAgt DbtrAgtAcct
        DbtrSts DealPric Dept Desc DgtlTknUnit DispCpblties DispTp DlvrTo DlvrgAgt DlvryMtd Document Domn DplctOf DrctDbtMndt DscntApldAmt DstrctNm Dt
        DtAndPlcOfBirth DtOfSgntr DtOfVrfctn DtPrcd DtTm DtldCtrlSum DtldNbOfTxs DtldSts Dtls DuePyblAmt EANGLN EQAmt EQSeq ElctrncAdr ElctrncSeqNb
        ElctrncSgntr EmailAdr EmailPurp EndDt EndToEndId Envlp EqvtAmt EvtId EvtTp FIId FIToFIPmtCxlReq FIToFIPmtStsRpt FaceAmt FaxNb FcstInd FctvDt
        FctvIntrBkSttlmDt FinInstnId FinInstrmId FllbckInd Flr Fmly FmlyMdclInsrncInd FnlColltnDt FnlPmtDt Fr FrAmt FrDt FrDtTm FrSeq FrTm FrToAmt FrToDt
        FrToSeq FrmsCd Frqcy FrstColltnDt FrstPmtDt FrstTx FwdgAgt Grnshee GrnshmtAdmstr GrnshmtRmt GrpCxl GrpCxlId GrpCxlSts GrpHdr GrpId GrpRtr GrpSts IBAN
        IBEI ICCRltdData ISIN Id Incl Indv Inf InitgPty Initn InitnSrc InstdAgt InstdAmt InstdRmbrsmntAgt InstdRmbrsmntAgtAcct InstgAgt InstgRmbrsmntAgt
        InstgRmbrsmntAgtAcct InstrCpy InstrForCdtrAgt InstrForDbtrAgt InstrForNxtAgt InstrId InstrInf InstrPrty IntrBk IntrBkSttlmAmt IntrBkSttlmDt
        IntraBalMvmntId IntraPosMvmntId IntrmyAgt1 IntrmyAgt1Acct IntrmyAgt2 IntrmyAgt2Acct IntrmyAgt3 IntrmyAgt3Acct Intrst Invcee Invcr IssgAgt Issr JobTitl
        LEI LastPgInd LastTx LclInstrm LglSeqNb LineDtls LineWidth ManfctrId Mdl MemoFld MktInfrstrctrTxId MktPrctc MmbId MndtId MndtRltdInf MobNb ModDtls
        ModStsId ModStsRsnInf MplyeeTermntnInd MsgDefIdr MsgId MsgNmId MsgPgntn MsgRcpt Mtd NEQAmt NEQSeq Nb NbOfDays NbOfLines NbOfNotes NbOfNtries NbOfTxs
        NbOfTxsPerCxlSts NbOfTxsPerSts Nm NmPrfx NoteDnmtn Ntfctn NtfctnPgntn Ntry NtryDtls NtryRef OffclCorpActnEvtId OnLineCntxt OnLineCpblties OrgId
        OrgnlAndCurFaceAmt OrgnlBizQry OrgnlBkTxCd OrgnlCdtrAgt OrgnlCdtrAgtAcct OrgnlCdtrSchmeId OrgnlClrSysRef OrgnlCreDtTm OrgnlCtrlSum OrgnlDbtr
        OrgnlDbtrAcct OrgnlDbtrAgt OrgnlDbtrAgtAcct OrgnlEndToEndId OrgnlFnlColltnDt OrgnlFrqcy OrgnlGrpCxlId OrgnlGrpInf OrgnlGrpInfAndCxl OrgnlGrpInfAndSts
        OrgnlGrpRefInfAndSts OrgnlInstdAmt OrgnlInstrId OrgnlIntrBkSttlmAmt OrgnlIntrBkSttlmDt OrgnlMndtId OrgnlMsgId OrgnlMsgNmId OrgnlNbOfTxs OrgnlNxtAgt
        OrgnlPmtInf OrgnlPmtInfAndSts OrgnlPmtInfCxlId OrgnlPmtInfId OrgnlReqdColltnDt OrgnlReqdExctnDt OrgnlRsn OrgnlStmtId OrgnlTrckgDays OrgnlTxId
        OrgnlTxRef OrgnlUETR Orgtr Othr OthrId OthrTxId Ownr PAN POI POICmpntTp Pctg Pdct PdctAmt PdctCd PdctQty PgNb PhneNb PlainCardData PlcAndNm PmtCntxt
        PmtId PmtInf PmtInfCxlSts PmtInfId PmtInfSts PmtMtd PmtRtr PmtTpInf PoolId PoolgAdjstmntDt PrcgId Prd PrePdAcct PrefrdMtd Pric PrtLctn PrtLineWidth
        Prtry PrtryAmt PrtryId Prty PrvcOfBirth Prvdr PrvsInstgAgt1 PrvsInstgAgt1Acct PrvsInstgAgt2 PrvsInstgAgt2Acct PrvsInstgAgt3 PrvsInstgAgt3Acct PrvtId
        Prxy PssblDplct PstBx PstCd PstlAdr PtInTm Pty Purp QtnDt Qty Rate RateTp Rcrd RcvgAgt RePresntmntRsn Ref RefNb Refs RegnId Regy ReopCaseIndctn
        ReqdAdvcTp ReqdColltnDt ReqdExctnDt RfrdDocAmt RfrdDocInf RgltryRptg RgnlClrZone RjctTm Rjctd RjctdMod Rltd RltdAcct RltdAgts RltdCorpActn RltdDt
        RltdDts RltdPric RltdPties RltdQties RltdRefs RltdRmtInf RmtAmtAndTp RmtId RmtInf RmtLctnDtls RmtLctnElctrncAdr RmtLctnMtd RmtLctnPstlAdr RmtdAmt Room
        Rpt RptPgntn RptgCd RptgSeq RptgSrc RsltnOfInvstgtn RsltnRltdInf RslvdCase Rsn Rspnsblty RtrChain RtrId RtrInf RtrOrgtr RtrRsn RtrRsnInf RtrdInstdAmt
        RtrdIntrBkSttlmAmt RvslInd SaleRcncltnId SaleRefNb SchmeNm SctiesData SctiesSttlmTxId SeqNb SeqNbRg SeqTp SfkpgAcct Sfx Sgntr ShrtNm SplmtryData
        SrcCcy SrlNb StartDt Stmt StmtDtls StmtPgntn Strd StrtNm Sts StsId StsOrgtr StsRsn StsRsnInf SttlmAcct SttlmInf SttlmMtd SttlmPlc SttlmPrty
        SttlmTmIndctn SttlmTmReq SubDept SubFmlyCd SubTp Sum SvcCd SvcLvl Svcr SysNm Tax TaxAmt TaxId TaxIdNb TaxRmt TaxTp TaxblBaseAmt TechInptChanl
        ThrdRmbrsmntAgt ThrdRmbrsmntAgtAcct TillTm Titl To ToAmt ToDt ToDtTm ToSeq Tp TradActvtyCtrctlSttlmDt TradDt TradId TradgPty TrckData TrckNb TrckVal
        TrckgDays TrckrData TrckrRcrd TrgtCcy TtlAmt TtlCdtNtries TtlChrgsAndTaxAmt TtlDbtNtries TtlIntrstAndTaxAmt TtlNetNtry TtlNetNtryAmt TtlNtries
        TtlNtriesPerBkTxCd TtlRtrdIntrBkSttlmAmt TtlTaxAmt TtlTaxblBaseAmt TwnLctnNm TwnNm Tx TxAmt TxChanl TxCtgy TxCxlSts TxDtRg TxDtTm TxDtls TxEnvt TxId
        TxInf TxInfAndSts TxRef TxRfrdToSts TxSts TxsSummry UETR URLAdr USCHU UltmtCdtr UltmtDbtr Undrlyg UndrlygAllcn UndrlygCstmrCdtTrf Unit UnitCcy UnitNb
        UnitOfMeasr UnitPric UnqTxIdr Ustrd Val ValDt ValTp VldtnDt VldtnSeqNb VldtyRg Vrsn VrsnNb XchgRate XchgRateBase XchgRateData XchgRateInf XpryDt Yldd
        Yr
        """;

    const int Bits = 12;

    // Names are interned, so that those in our own code are the same objects and compare by their address.
    static readonly Entry[] Table = Fill();

    readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> strangers = new Dictionary<string, string>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();

    // Where the name stands that followed each name the last time; an empty place of the table is no name.
    readonly ushort[] follows = new ushort[1 << Bits];
    int last;

    /// <summary>False as long as no name came that the standard lacks; prefixes and attributes count as such here.</summary>
    public bool HasStrangers { get; private set; }

    /// <summary>Whether an element's name is in none of the messages named above.</summary>
    public bool IsStranger(string name) => strangers.Dictionary.ContainsKey(name);

    public override string Add(char[] array, int offset, int length)
    {
        var name = array.AsSpan(offset, length);
        if (name.Length == 0) return string.Empty;
        // Entries repeat one shape: the name that followed the last one before mostly follows it again, and is compared instead of looked up.
        var key = new Key(name);
        int at = follows[last];
        if (!Table[at].Is(key, name))
        {
            at = Find(key, name);
            if (at < 0)
            {
                HasStrangers = true;
                return AddStranger(name);
            }

            follows[last] = (ushort)at;
        }

        last = at;
        return Table[at].Name!;
    }

    // The parser's way for namespaces: no name of an element comes here.
    public override string Add(string array) => Known(array) ?? AddStranger(array);

    public override string? Get(char[] array, int offset, int length) => Get(array.AsSpan(offset, length));

    public override string? Get(string array) => Get(array.AsSpan());

    string? Get(ReadOnlySpan<char> name) => Known(name) ?? (strangers.TryGetValue(name, out var known) ? known : null);

    string AddStranger(ReadOnlySpan<char> name)
    {
        if (strangers.TryGetValue(name, out var known)) return known;
        if (strangers.Dictionary.Count >= strangersMax)
            throw new BankXmlRefused(new Problem("bank_file.too_many_names", $"The file has more than {strangersMax} different names.", "This is not a message of a bank. Ask the sender.").In(null, line()));
        var added = new string(name);
        strangers[name] = added;
        return added;
    }

    static string? Known(ReadOnlySpan<char> name)
    {
        if (name.Length == 0) return string.Empty;
        var at = Find(new Key(name), name);
        return at < 0 ? null : Table[at].Name;
    }

    /// <summary>The name's place in the table; −1 when the standard does not have it.</summary>
    static int Find(in Key key, ReadOnlySpan<char> name)
    {
        for (var at = key.Place; Table[at].Name is not null; at = (at + 1) & (Table.Length - 1))
        {
            if (Table[at].Is(key, name)) return at;
        }

        return -1;
    }

    static Entry[] Fill()
    {
        var table = new Entry[1 << Bits];
        // What the parser itself asks for with every document.
        foreach (var name in (string[])[.. Standard.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries), "xml", "xmlns", "version", "encoding", "standalone", "Ccy",
            "http://www.w3.org/2000/xmlns/", "http://www.w3.org/XML/1998/namespace"])
        {
            var key = new Key(name);
            var at = key.Place;
            while (table[at].Name is not null) at = (at + 1) & (table.Length - 1);
            table[at] = new(key, string.Intern(name));
        }

        return table;
    }

    /// <summary>What a name is looked up by: its length, its first four characters, the four behind them and its last four. Up to twelve characters that is the whole name, and few
    /// of the standard's are longer. A part that a short name does not have is 0.</summary>
    readonly struct Key
    {
        public readonly ulong Head, Middle, Tail;
        public readonly int Length;

        public Key(ReadOnlySpan<char> name)
        {
            Length = name.Length;
            if (name.Length < 4)
            {
                foreach (var c in name) Head = (Head << 16) | c;
                return;
            }

            var bytes = MemoryMarshal.AsBytes(name);
            Head = MemoryMarshal.Read<ulong>(bytes);
            Tail = MemoryMarshal.Read<ulong>(bytes[^8..]);
            if (name.Length > 8) Middle = MemoryMarshal.Read<ulong>(bytes[8..]);
        }

        // Multiplied by odd numbers, the two ends and the length have their best mixed bits on top.
        public int Place => unchecked((int)(((Head * 0x9E3779B97F4A7C15) ^ (Tail * 0xC2B2AE3D27D4EB4F) ^ ((ulong)Length * 0xD6E8FEB86659FD93)) >> (64 - Bits)));
    }

    /// <summary>A name of the standard with its key beside it, so that a look touches one place in memory.</summary>
    readonly struct Entry(in Key key, string name)
    {
        readonly Key key = key;
        public readonly string? Name = name;

        public bool Is(in Key other, ReadOnlySpan<char> text) =>
            key.Head == other.Head && key.Tail == other.Tail && key.Middle == other.Middle && key.Length == other.Length && (key.Length <= 12 || text.SequenceEqual(Name));
    }
}
