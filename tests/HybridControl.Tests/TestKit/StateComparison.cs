using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace HybridControl.Tests.TestKit;

/// <summary>Walks every field of an object with state: fills them with numbers of their own, and compares two such objects.</summary>
/// <remarks>
/// A field is followed unless it is listed as derived ("Type.field") or its type is listed as shared, which two objects hold as
/// one reference or as what is equal. A field of an unknown kind fails the walk, so that none is left out unseen.
/// </remarks>
internal sealed class StateComparison(IReadOnlyCollection<string> derived, IReadOnlyCollection<Type> shared)
{
    private readonly List<string> _differences = [];
    private readonly HashSet<string> _used = [];
    private readonly HashSet<object> _seen = new(ReferenceEqualityComparer.Instance);
    private int _next;

    /// <summary>The entries of the list of derived fields that the walk has met.</summary>
    public IReadOnlySet<string> Used => _used;

    /// <summary>Fields that differ, as paths.</summary>
    public List<string> Differences(object a, object b)
    {
        _differences.Clear();
        _seen.Clear();
        Compare(a, b, a.GetType().Name);
        return [.. _differences];
    }

    /// <summary>Gives numbers, truth values and texts of their own to every field, arrays and lists of what is there included.</summary>
    public void Scramble(object target)
    {
        _seen.Clear();
        Walk(target);
    }

    private void Walk(object target)
    {
        if (!_seen.Add(target))
        {
            return;
        }

        foreach (FieldInfo field in FieldsOf(target.GetType()))
        {
            object? value = field.GetValue(target);
            if (value is null || IsShared(field.FieldType) || IsShared(value.GetType()))
            {
                continue;
            }

            if (value is Array array)
            {
                ScrambleItems(array);
            }
            else if (value is IDictionary map)
            {
                foreach (object? item in map.Values)
                {
                    if (item is Array items)
                    {
                        ScrambleItems(items);
                    }
                    else
                    {
                        Walk(item!);
                    }
                }
            }
            else if (value is not IList && !value.GetType().IsValueType && value is not string)
            {
                Walk(value);
            }
            else if (!field.IsInitOnly && value is not IList)
            {
                field.SetValue(target, Changed(value));
            }
        }
    }

    private void ScrambleItems(Array items)
    {
        for (int i = 0; i < items.Length; i++)
        {
            object? item = items.GetValue(i);
            if (item is Array inner)
            {
                ScrambleItems(inner);
            }
            else if (item is not null && !IsShared(item.GetType()))
            {
                items.SetValue(Changed(item), i);
            }
        }
    }

    private object Changed(object value)
    {
        _next++;
        switch (value)
        {
            case double: return 0.5 + _next;
            case long: return 1000L + _next;
            case int: return 1;
            case bool flag: return !flag;
            case string: return $"text {_next}";
            case Enum: return Enum.GetValues(value.GetType()).Cast<object>().Last();
            default:
                foreach (FieldInfo field in FieldsOf(value.GetType()))
                {
                    if (field.GetValue(value) is { } part && part is not Array)
                    {
                        field.SetValue(value, Changed(part));
                    }
                }

                return value;
        }
    }

    private void Compare(object? a, object? b, string path)
    {
        if (a is null || b is null)
        {
            Note(a is null && b is null, path);
        }
        else if (a.GetType() != b.GetType())
        {
            Note(false, path);
        }
        else if (a is double x)
        {
            Note(BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits((double)b), path);
        }
        else if (a.GetType().IsPrimitive || a is string or Enum)
        {
            Note(a.Equals(b), path);
        }
        else if (a is not Array && IsShared(a.GetType()))
        {
            Note(ReferenceEquals(a, b) || a.Equals(b), path);
        }
        else if (a is IDictionary map)
        {
            CompareItems([.. map.Values.Cast<object>()], [.. ((IDictionary)b).Values.Cast<object>()], path);
        }
        else if (a is IEnumerable items)
        {
            CompareItems([.. items.Cast<object>()], [.. ((IEnumerable)b).Cast<object>()], path);
        }
        else if (a.GetType().Namespace?.StartsWith("HybridControl", StringComparison.Ordinal) != true)
        {
            throw new InvalidOperationException($"{path} is a {a.GetType()}: say whether it is shared or derived.");
        }
        else if (a.GetType().IsValueType || _seen.Add(a))
        {
            foreach (FieldInfo field in FieldsOf(a.GetType()))
            {
                Compare(field.GetValue(a), field.GetValue(b), $"{path}.{NameOf(field)}");
            }
        }
    }

    private void CompareItems(object?[] a, object?[] b, string path)
    {
        Note(a.Length == b.Length, path);
        for (int i = 0; i < Math.Min(a.Length, b.Length); i++)
        {
            Compare(a[i], b[i], path + "[]");
        }
    }

    private void Note(bool same, string path)
    {
        if (!same)
        {
            _differences.Add(path);
        }
    }

    private bool IsShared(Type type) =>
        typeof(Delegate).IsAssignableFrom(type) || shared.Any(known => known.IsAssignableFrom(type.IsArray ? type.GetElementType()! : type));

    private IEnumerable<FieldInfo> FieldsOf(Type type)
    {
        for (Type? t = type; t is not null && t != typeof(object) && t != typeof(ValueType); t = t.BaseType)
        {
            foreach (FieldInfo field in t.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                string name = $"{t.Name}.{NameOf(field)}";
                if (derived.Contains(name))
                {
                    _used.Add(name);
                }
                else
                {
                    yield return field;
                }
            }
        }
    }

    // The field behind a property goes by the name of the property.
    private static string NameOf(FieldInfo field) =>
        field.IsDefined(typeof(CompilerGeneratedAttribute)) && field.Name.StartsWith('<') ? field.Name[1..field.Name.IndexOf('>')] : field.Name;
}
