using HybridControl.Numerics;

namespace HybridControl.Symbolics;

/// <summary>How text names a table that is a derivative of a declared one: <c>slope(CL)</c>, <c>slope(map, 1)</c>.</summary>
internal static class TableText
{
    /// <summary>A curve as the argument of a call of <c>slope</c>.</summary>
    public static string Of(LookupTable table)
    {
        int order = ((LookupCurve)table).Order;
        string open = string.Concat(Enumerable.Repeat("slope(", order));
        return open + NameSyntax.Write(table.Name) + new string(')', order);
    }

    /// <summary>The first arguments of a call of <c>slope</c>; null for a surface that is no derivative.</summary>
    public static string? OfSlope(LookupSurface surface)
    {
        string name = NameSyntax.Write(surface.Name);
        return (surface.OrderX, surface.OrderY) switch
        {
            (0, 0) => null,
            (1, 0) => $"{name}, 1",
            (0, 1) => $"{name}, 2",
            _ => $"slope({name}, 1), 2",
        };
    }
}
