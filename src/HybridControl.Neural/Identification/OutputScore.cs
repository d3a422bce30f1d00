using System.Collections.Immutable;

namespace HybridControl.Neural.Identification;

/// <summary>How far foretold outputs are from measured ones.</summary>
/// <param name="Error">For each output the root mean square error.</param>
/// <param name="Fit">For each output 100 (1 - error / deviation of the output), in percent: 100 is perfect, 0 no better than its mean.</param>
/// <param name="Rows">Rows that were scored.</param>
public sealed record OutputScore(ImmutableArray<double> Error, ImmutableArray<double> Fit, int Rows)
{
    /// <summary>Compares what was foretold with what was measured.</summary>
    /// <param name="data">What was measured.</param>
    /// <param name="foretold">For each run the outputs, row by row.</param>
    /// <param name="heldOut">Share of each run, at its end, that is scored; 0 for all of it.</param>
    internal static OutputScore Of(IdentificationData data, ImmutableArray<ImmutableArray<double>> foretold, double heldOut)
    {
        int m = data.OutputNames.Count;
        var error = ImmutableArray.CreateBuilder<double>(m);
        var fit = ImmutableArray.CreateBuilder<double>(m);
        int[] first = [.. data.Runs.Select(run => heldOut > 0.0 ? ModalData.TrainRows(data.RowsOf(run), heldOut) : 0)];
        for (int o = 0; o < m; o++)
        {
            var values = new List<double>();
            double square = 0.0;
            for (int r = 0; r < data.Runs.Count; r++)
            {
                for (int i = (first[r] * m) + o; i < data.Runs[r].Outputs.Length; i += m)
                {
                    double z = data.Runs[r].Outputs[i];
                    if (!double.IsNaN(z))
                    {
                        values.Add(z);
                        square += (z - foretold[r][i]) * (z - foretold[r][i]);
                    }
                }
            }

            double mean = values.Count > 0 ? values.Average() : double.NaN;
            double spread = Math.Sqrt(values.Sum(value => (value - mean) * (value - mean)));
            error.Add(Math.Sqrt(square / values.Count));
            fit.Add(100.0 * (1.0 - (Math.Sqrt(square) / spread)));
        }

        return new(error.MoveToImmutable(), fit.MoveToImmutable(), data.Runs.Select((run, r) => data.RowsOf(run) - first[r]).Sum());
    }
}
