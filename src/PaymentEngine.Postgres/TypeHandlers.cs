using System.Data;
using Dapper;
using NodaTime;
using PaymentEngine.Core;
using PaymentEngine.Core.Money;

namespace PaymentEngine.Postgres;

/// <summary>How Core's types stand in columns: <c>date</c>, <c>timestamptz</c>, <c>int</c> (202611) and <c>bigint</c> (đồng).</summary>
static class TypeHandlers
{
    public static void Register()
    {
        DefaultTypeMap.MatchNamesWithUnderscores = true;
        // Npgsql 10 gives DateOnly for date and a UTC DateTime for timestamptz.
        Add<LocalDate>(DbType.Date, day => new DateOnly(day.Year, day.Month, day.Day), value => value is DateOnly day ? new LocalDate(day.Year, day.Month, day.Day) : LocalDate.FromDateTime((DateTime)value));
        Add<Instant>(DbType.DateTime, instant => instant.ToDateTimeUtc(), value => Instant.FromDateTimeUtc(DateTime.SpecifyKind((DateTime)value, DateTimeKind.Utc)));
        Add<YearMonth>(DbType.Int32, month => month.Key(), value => Months.FromKey((int)value));
        Add<Vnd>(DbType.Int64, sum => sum.Amount, value => new Vnd(Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)));
        // The driver calls every array column System.Array: with a handler Dapper finds the record's own type.
        SqlMapper.AddTypeHandler(new ArrayHandler<string>());
        SqlMapper.AddTypeHandler(new ArrayHandler<int>());
        SqlMapper.AddTypeHandler(new ArrayHandler<long>());
        SqlMapper.AddTypeHandler(new ArrayHandler<short>());
    }

    static void Add<T>(DbType type, Func<T, object> write, Func<object, T> read) where T : struct
    {
        SqlMapper.RemoveTypeMap(typeof(T));
        SqlMapper.AddTypeHandler(new Handler<T>(type, write, read));
    }

    sealed class Handler<T>(DbType type, Func<T, object> write, Func<object, T> read) : SqlMapper.TypeHandler<T>
    {
        public override void SetValue(IDbDataParameter parameter, T? value)
        {
            if (type != DbType.DateTime) parameter.DbType = type; // DateTime with kind UTC finds timestamptz by itself; DbType.DateTime would say timestamp.
            parameter.Value = value is null ? DBNull.Value : write(value);
        }

        public override T? Parse(object value) => read(value);
    }

    sealed class ArrayHandler<T> : SqlMapper.TypeHandler<T[]>
    {
        public override void SetValue(IDbDataParameter parameter, T[]? value) => parameter.Value = value is null ? DBNull.Value : value;

        public override T[]? Parse(object value) => (T[])value;
    }
}
