using System.Collections.Immutable;
using System.Globalization;

namespace HybridControl.Estimation.Diagnostics;

/// <summary>Puts directions of the state space into words.</summary>
internal static class UnobservableDirections
{
    // A share of a direction that is left out of words.
    private const double Negligible = 1e-8;

    /// <summary>Another basis of the same space, with as many zeros as elimination gives, the largest number of each vector 1.</summary>
    public static double[][] Simplify(double[][] basis)
    {
        var free = Enumerable.Range(0, basis.Length).ToList();
        while (free.Count > 0)
        {
            (int row, int column) = free.SelectMany(i => Enumerable.Range(0, basis[i].Length).Select(j => (Row: i, Column: j)))
                .MaxBy(place => Math.Abs(basis[place.Row][place.Column]));
            double pivot = basis[row][column];
            basis[row] = [.. basis[row].Select(value => value / pivot)];
            for (int i = 0; i < basis.Length; i++)
            {
                if (i != row)
                {
                    double factor = basis[i][column];
                    basis[i] = [.. basis[i].Select((value, j) => j == column ? 0.0 : value - (factor * basis[row][j]))];
                }
            }

            free.Remove(row);
        }

        foreach (double[] direction in basis)
        {
            double largest = direction.MaxBy(Math.Abs);
            for (int j = 0; j < direction.Length; j++)
            {
                direction[j] = Math.Abs(direction[j]) <= Negligible * Math.Abs(largest) ? 0.0 : direction[j] / largest;
            }
        }

        return basis;
    }

    public static ImmutableArray<ConsistencyFinding> Findings(
        ImmutableArray<string> states, IEnumerable<ImmutableArray<double>> hidden, ImmutableArray<double> weakest, double condition)
    {
        var findings = ImmutableArray.CreateBuilder<ConsistencyFinding>();
        foreach (ImmutableArray<double> direction in hidden)
        {
            (string names, string ratio) = Words(states, direction);
            findings.Add(new(
                ConsistencyKind.Unobservable,
                names,
                ratio.Length == 0 ? "no measurement depends on it" : $"no measurement changes when they change together as {ratio}",
                ratio.Length == 0
                    ? "Measure something that depends on it, or take it out of the states."
                    : "Measure one of them, fix one of them, or keep only the combination that is seen."));
        }

        if (!weakest.IsEmpty)
        {
            (string names, string ratio) = Words(states, weakest);
            findings.Add(new(
                ConsistencyKind.BarelyObservable,
                names,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{(ratio.Length == 0 ? "it is" : $"together as {ratio} they are")} seen {condition:G2} times less well than what is seen best"),
                "Watch for longer, give scales if the units differ much, or measure something closer to it."));
        }

        return findings.ToImmutable();
    }

    private static (string Names, string Ratio) Words(ImmutableArray<string> states, ImmutableArray<double> direction)
    {
        double largest = direction.MaxBy(Math.Abs);
        int[] shown = [.. Enumerable.Range(0, states.Length).Where(i => Math.Abs(direction[i]) > 1e-3 * Math.Abs(largest))];
        string names = string.Join(", ", shown.Select(i => $"'{states[i]}'"));
        return shown.Length == 1
            ? (names, "")
            : (names, string.Join(" : ", shown.Select(i => (direction[i] / direction[shown[0]]).ToString("G3", CultureInfo.InvariantCulture))));
    }
}
