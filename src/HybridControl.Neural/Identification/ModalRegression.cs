using System.Numerics;

namespace HybridControl.Neural.Identification;

/// <summary>Linear least squares of the outputs for fixed poles: what each input does through each mode, directly, and what stays.</summary>
/// <remarks>The free answer of each run from its unknown start is projected out, run by run.</remarks>
internal sealed class ModalRegression(int inputs, int outputs, Complex[] exponents)
{
    private readonly Complex[] _multipliers = [.. exponents.Select(Complex.Exp)];
    private readonly int[] _widths = [.. exponents.Select(exponent => exponent.Imaginary == 0.0 ? 1 : 2)];

    private int Free => _widths.Sum();

    /// <summary>Coefficients, outputs by width: for each mode and input the real part and, for a pair, the imaginary part; inputs; the constant.</summary>
    public double[] Solve(IReadOnlyList<ModalRun> runs, out int width)
    {
        (int p, int m, int free) = (inputs, outputs, Free);
        width = (free * p) + p + 1;
        var total = new ColumnTriangle(width + m);
        int size = width + m;
        foreach (ModalRun run in runs)
        {
            var single = new ColumnTriangle(free + size);
            foreach (double[] column in Columns(run, free + size))
            {
                single.Add(column);
            }

            double[] rest = single.Block(free, free, size, size);
            for (int j = 0; j < size; j++)
            {
                total.Add([.. Enumerable.Range(0, size).Select(i => rest[(i * size) + j])]);
            }
        }

        return total.Solve(width);
    }

    /// <summary>What inputs do to outputs through a mode, outputs by inputs.</summary>
    public Complex[] Residue(double[] solution, int mode)
    {
        (int p, int m) = (inputs, outputs);
        int width = solution.Length / m;
        int first = p * _widths[..mode].Sum();
        var residue = new Complex[m * p];
        for (int o = 0; o < m; o++)
        {
            for (int j = 0; j < p; j++)
            {
                int at = (o * width) + first + (j * _widths[mode]);
                residue[(o * p) + j] = new(solution[at], _widths[mode] == 2 ? solution[at + 1] : 0.0);
            }
        }

        return residue;
    }

    /// <summary>The state before a run that explains the outputs of its leading rows best.</summary>
    public Complex[] Initial(ModalSystem system, ModalRun run, int rows)
    {
        int free = Free;
        var triangle = new ColumnTriangle(free + 1);
        ModalPass pass = system.Follow(run, new Complex[exponents.Length], corrects: false);
        var column = new double[free + 1];
        Complex[] powers = [.. _multipliers];
        for (int k = 0; k < rows; k++)
        {
            for (int o = 0; o < outputs; o++)
            {
                int at = 0;
                for (int i = 0; i < exponents.Length; i++)
                {
                    Complex answer = system.C[(o * exponents.Length) + i] * powers[i];
                    Put(answer, i, column, ref at);
                }

                column[at] = pass.Error(k)[o];
                if (!double.IsNaN(run.Outputs[(k * outputs) + o]))
                {
                    triangle.Add(column);
                }
            }

            for (int i = 0; i < powers.Length; i++)
            {
                powers[i] *= _multipliers[i];
            }
        }

        double[] solution = triangle.Solve(free);
        var initial = new Complex[exponents.Length];
        int next = 0;
        for (int i = 0; i < initial.Length; i++)
        {
            initial[i] = new(solution[next], _widths[i] == 2 ? solution[next + 1] : 0.0);
            next += _widths[i];
        }

        return initial;
    }

    // Free answers of the modes, forced answers, inputs, one, and outputs of each row to learn from that lacks nothing.
    private IEnumerable<double[]> Columns(ModalRun run, int size)
    {
        (int p, int m) = (inputs, outputs);
        var forced = new Complex[exponents.Length * p];
        Complex[] powers = [.. _multipliers];
        for (int k = 0; k < run.TrainRows; k++)
        {
            var column = new double[size];
            int at = 0;
            for (int i = 0; i < exponents.Length; i++)
            {
                Put(powers[i], i, column, ref at);
                powers[i] *= _multipliers[i];
            }

            for (int i = 0; i < exponents.Length; i++)
            {
                for (int j = 0; j < p; j++)
                {
                    ref Complex state = ref forced[(i * p) + j];
                    state = (_multipliers[i] * state) + run.Inputs[(k * p) + j];
                    Put(state, i, column, ref at);
                }
            }

            run.Inputs.AsSpan(k * p, p).CopyTo(column.AsSpan(at));
            column[at + p] = 1.0;
            ReadOnlySpan<double> y = run.Outputs.AsSpan(k * m, m);
            y.CopyTo(column.AsSpan(at + p + 1));
            if (!y.Contains(double.NaN))
            {
                yield return column;
            }
        }
    }

    // 2 Re(c s) = 2 Re(s) Re(c) - 2 Im(s) Im(c).
    private void Put(Complex s, int mode, double[] column, ref int at)
    {
        column[at++] = 2.0 * s.Real;
        if (_widths[mode] == 2)
        {
            column[at++] = -2.0 * s.Imaginary;
        }
    }
}
