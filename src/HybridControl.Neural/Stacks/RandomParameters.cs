using HybridControl.Neural.Tensors;
using HybridControl.Numerics;

namespace HybridControl.Neural.Stacks;

/// <summary>Parameters that are drawn, as a network has them before training: for benchmarks and for tests of shapes. Equal seeds give equal numbers.</summary>
/// <remarks>
/// Entries are uniform and drawn when a row is read, so that a model of any size can be made up without holding it twice. Matrices have
/// variance 1 / columns; weights of norms, direct paths and residual weights are near 1; rates are between -1 and -16 and steps between
/// 0.001 and 0.1, as the Mamba papers start them (arXiv 2312.00752, section 3.6; arXiv 2405.21060).
/// </remarks>
/// <param name="seed">Seed of all of them.</param>
public sealed class RandomParameters(ulong seed) : IParameterSource
{
    /// <inheritdoc/>
    public string Name => "random parameters";

    /// <inheritdoc/>
    public bool Has(string name) => true;

    /// <inheritdoc/>
    public IMatrixSource? Find(string name, int rows, int columns)
    {
        (double low, double high, Func<double, double>? map) = RangeOf(name, columns);
        return new Drawn(name, rows, columns, seed, HashOf(name), low, high, map);
    }

    /// <inheritdoc/>
    public string OriginOf(string name) => name;

    private static (double Low, double High, Func<double, double>? Map) RangeOf(string name, int columns)
    {
        string last = name[(name.LastIndexOf('.') + 1)..];
        bool isNorm = name.Contains("norm", StringComparison.Ordinal);
        double spread = Math.Sqrt(3.0 / columns);
        return last switch
        {
            "A_log" => (1.0, 16.0, Math.Log),
            "A" => (-16.0, -1.0, null),
            "dt_bias" => (Math.Log(1e-3), Math.Log(0.1), StepBias),
            "bias" when name.Contains("dt_proj", StringComparison.Ordinal) => (Math.Log(1e-3), Math.Log(0.1), StepBias),
            "log_step" or "log_dt" => (Math.Log(1e-3), Math.Log(0.1), null),
            "Lambda_re" => (-1.5, -0.05, null),
            "Lambda_im" => (0.0, 12.0, null),
            "log_A_real" => (-1.5, 0.0, null),
            "A_imag" => (0.0, 12.0, null),
            "D" or "residual" => (0.8, 1.2, null),
            "weight" when isNorm => (0.8, 1.2, null),
            "bias" => (-0.1, 0.1, null),
            "weight" when name.Contains("conv", StringComparison.Ordinal) => (-0.5, 0.5, null),
            _ => (-spread, spread, null),
        };
    }

    /// <summary>What the softplus turns into a step.</summary>
    private static double StepBias(double logStep) => Math.Log(Math.Exp(Math.Exp(logStep)) - 1.0);

    /// <summary>FNV-1a, the same on every machine. Source: Fowler, Noll, Vo, draft-eastlake-fnv.</summary>
    private static uint HashOf(string name)
    {
        uint hash = 2166136261;
        foreach (char letter in name)
        {
            hash = (hash ^ letter) * 16777619;
        }

        return hash;
    }

    private sealed class Drawn(
        string name, int rows, int columns, ulong seed, uint stream, double low, double high, Func<double, double>? map) : IMatrixSource
    {
        public string Name => name;

        public int Rows => rows;

        public int Columns => columns;

        public void ReadRow(int row, Span<float> target)
        {
            for (int j = 0; j < columns; j++)
            {
                target[j] = (float)At(row, j);
            }
        }

        public void ReadRow(int row, Span<double> target)
        {
            for (int j = 0; j < columns; j++)
            {
                target[j] = At(row, j);
            }
        }

        private double At(int row, int column)
        {
            double value = low + ((high - low) * Philox4x32.Uniform(seed, row, stream, column));
            return map is null ? value : map(value);
        }
    }
}
