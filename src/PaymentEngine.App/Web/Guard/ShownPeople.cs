using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using PaymentEngine.App.Web.Pages;

namespace PaymentEngine.App.Web.Guard;

/// <summary>Whose data a page can show: every <c>PersonId</c> and <c>RecipientId</c> in its own public properties, however deep. A page that begins to show people is logged without being asked to.</summary>
static class ShownPeople
{
    const int DepthMax = 12;

    static readonly ConcurrentDictionary<Type, PropertyInfo[]> Known = new();

    /// <summary>The keys of the people in what the page keeps: properties with a setter, of its own class and those it shares with other pages. What is computed from them shows nobody else.</summary>
    public static SortedSet<string> Of(object page)
    {
        var people = new SortedSet<string>(StringComparer.Ordinal);
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        for (var type = page.GetType(); type is not null && type != typeof(WebPage) && type.Namespace?.StartsWith("PaymentEngine", StringComparison.Ordinal) == true; type = type.BaseType)
        {
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly).Where(property => property.CanWrite && property.GetIndexParameters().Length == 0))
                Collect(property.Name, property.GetValue(page), people, seen, 0);
        }

        return people;
    }

    static void Collect(string name, object? value, SortedSet<string> people, HashSet<object> seen, int depth)
    {
        switch (value)
        {
            case null: return;
            case string text:
                if (name is "PersonId" or "RecipientId" && text.Length > 0) people.Add(text);
                return;
            case IEnumerable many when depth < DepthMax:
                foreach (var one in many) Collect(name, one, people, seen, depth + 1);
                return;
        }

        var type = value.GetType();
        // Values of our own rooms, and what holds them together; a date or a number has no people in it.
        if (depth >= DepthMax || !(type.Namespace?.StartsWith("PaymentEngine", StringComparison.Ordinal) == true || value is ITuple || type.Name.StartsWith("KeyValuePair", StringComparison.Ordinal) || type.Namespace is null)) return;
        if (type.IsEnum || (!type.IsValueType && !seen.Add(value))) return;
        if (value is ITuple tuple)
        {
            for (var i = 0; i < tuple.Length; i++) Collect(name, tuple[i], people, seen, depth + 1);
            return;
        }

        foreach (var property in Known.GetOrAdd(type, of => [.. of.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(one => one.GetIndexParameters().Length == 0 && !one.PropertyType.IsByRefLike)]))
            Collect(property.Name, property.GetValue(value), people, seen, depth + 1);
    }
}
