using System.Globalization;
using System.Text.Json;

namespace HybridControl.Benchmarks.Peers;

/// <summary>One line of the peers' table.</summary>
/// <param name="Rhs">Evaluations of the right-hand side.</param>
/// <param name="Steps">Accepted steps.</param>
/// <param name="Events">Jumps.</param>
/// <param name="Error">Error against the reference.</param>
/// <param name="Note">What differs from the peers.</param>
/// <param name="Milliseconds">Median over repeats.</param>
/// <param name="MinimumMilliseconds">Minimum over repeats.</param>
internal sealed record PeerResult(
    long Rhs, long Steps, long Events, double Error, string Note = "", double Milliseconds = 0, double MinimumMilliseconds = 0)
{
    /// <summary>Whether the run reached its end and met every event.</summary>
    public bool IsComplete => double.IsFinite(Error);

    /// <summary>The line as the peers write it.</summary>
    public string ToJson(string problem, string variant, string peer) => string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"problem":"{{problem}}","variant":"{{variant}}","peer":"{{peer}}","ms":{{Milliseconds:G6}},"ms_min":{{MinimumMilliseconds:G6}},"rhs":{{Rhs}},"steps":{{Steps}},"events":{{Events}},"err":{{(IsComplete ? Error.ToString("0.000e+00", CultureInfo.InvariantCulture) : "null")}},"note":{{JsonSerializer.Serialize(Note)}}}""");
}
