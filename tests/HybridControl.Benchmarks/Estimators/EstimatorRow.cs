using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace HybridControl.Benchmarks.Estimators;

/// <summary>One filter of one peer on one problem: its time and what it estimated.</summary>
/// <param name="Peer">Who ran it.</param>
/// <param name="Filter">KF, EKF, UKF or IMM.</param>
/// <param name="Form">The numerical form: covariance, joseph, square-root.</param>
/// <param name="N">States; half as many measurements.</param>
/// <param name="Ns">Least time of a predict and an update, in nanoseconds.</param>
/// <param name="LogLikelihood">Of all measurements.</param>
/// <param name="Mean">After the last step.</param>
/// <param name="Bytes">Allocated in a step, where the peer tells.</param>
internal sealed record EstimatorRow(
    string Peer, string Filter, string Form, int N, double Ns, double LogLikelihood, double[] Mean, double? Bytes = null)
{
    private static readonly JsonSerializerOptions s_json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>What names the row in a table: the peer and the form.</summary>
    public string Column => $"{Peer} {Form}";

    /// <summary>A row from the line that a peer prints.</summary>
    public static EstimatorRow Parse(string line) =>
        JsonSerializer.Deserialize<EstimatorRow>(line, s_json) ?? throw new FormatException($"No row: {line}");

    /// <summary>The line that the peers print.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, s_json);

    /// <summary>The largest difference from another row's answer, relative to the larger of 1 and the value.</summary>
    public double DifferenceFrom(EstimatorRow other)
    {
        double most = Relative(LogLikelihood, other.LogLikelihood);
        for (int i = 0; i < N; i++)
        {
            double difference = Relative(Mean[i], other.Mean[i]);
            most = difference <= most ? most : difference; // NaN is the worst
        }

        return most;
    }

    /// <summary>The time in microseconds with three digits.</summary>
    public static string Microseconds(double nanoseconds) =>
        (nanoseconds / 1000.0).ToString("G3", CultureInfo.InvariantCulture);

    private static double Relative(double value, double reference) =>
        Math.Abs(value - reference) / Math.Max(1.0, Math.Abs(reference));
}
