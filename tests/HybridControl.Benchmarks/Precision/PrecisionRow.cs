using System.Globalization;
using System.Text.Json;

namespace HybridControl.Benchmarks.Precision;

/// <summary>One run of a work-precision table.</summary>
/// <param name="Problem">Name of the problem.</param>
/// <param name="Method">Name of the method; peers bear the name of their program.</param>
/// <param name="Tolerance">Relative tolerance.</param>
/// <param name="Error">Largest relative error.</param>
/// <param name="Milliseconds">Least time of a run.</param>
/// <param name="Steps">Accepted steps.</param>
/// <param name="Rhs">Evaluations of the right-hand side.</param>
/// <param name="Jacobians">Jacobians computed.</param>
/// <param name="Factorizations">Matrices factored.</param>
internal sealed record PrecisionRow(
    string Problem, string Method, double Tolerance, double Error, double Milliseconds, long Steps, long Rhs, long Jacobians, long Factorizations)
{
    /// <summary>The row of a table in Markdown, below a heading that names the problem.</summary>
    public string ToMarkdown() => string.Create(
        CultureInfo.InvariantCulture,
        $"| {Method} | {Tolerance:0e-0} | {Error:0.0e-0} | {Milliseconds:G3} | {Steps} | {Rhs} | {Jacobians} | {Factorizations} |");

    /// <summary>The row as a line of JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this);
}
