using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using HybridControl.Neural.Autodiff.Lanes;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Sum over the counted rows of a sample of -log softmax(x) at the right class. A class below zero is not counted.</summary>
internal sealed class CrossEntropy : LaneOperation
{
    public static readonly CrossEntropy Instance = new();

    public override string Name => "CrossEntropy";

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void ForwardLanes(in LaneFrame frame)
    {
        (_, int rows, int classes) = frame.InputShape(0);
        Span<Pack> x = frame.Load(0);
        Span<Pack> value = frame.Zero(1);
        Span<double> loss = stackalloc double[Pack.Count];
        for (int k = 0; k < rows; k++)
        {
            ReadOnlySpan<int> right = Right(frame, k);
            if (right.ContainsAnyExceptInRange(int.MinValue, -1))
            {
                Span<Pack> row = x.Slice(k * classes, classes);
                Pack sum = Normalize(row, keepLogits: true);
                for (int lane = 0; lane < right.Length; lane++)
                {
                    loss[lane] += right[lane] < 0 ? 0.0 : Math.Log(sum[lane]) - row[right[lane]][lane];
                }
            }
        }

        value[0] = Vector256.Create<double>(loss);
        frame.Store(value);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override void BackwardLanes(in LaneFrame frame)
    {
        (_, int rows, int classes) = frame.InputShape(0);
        Span<Pack> x = frame.Load(0);
        Pack adjoint = frame.LoadAdjoint()[0];
        for (int k = 0; k < rows; k++)
        {
            ReadOnlySpan<int> right = Right(frame, k);
            Span<Pack> row = x.Slice(k * classes, classes);
            if (!right.ContainsAnyExceptInRange(int.MinValue, -1))
            {
                row.Clear();
                continue;
            }

            Pack counted = adjoint;
            Normalize(row, keepLogits: false);
            for (int lane = 0; lane < right.Length; lane++)
            {
                if (right[lane] < 0)
                {
                    counted = counted.WithElement(lane, 0.0);
                }
                else
                {
                    ref Pack entry = ref row[right[lane]];
                    entry = entry.WithElement(lane, entry[lane] - 1.0);
                }
            }

            foreach (ref Pack entry in row)
            {
                entry *= counted;
            }
        }

        frame.Add(0, x);
    }

    private static ReadOnlySpan<int> Right(in LaneFrame frame, int row) =>
        frame.Settings.Indices.Span.Slice((row * frame.Batch) + frame.First, frame.Count);

    // Logits less the largest, or probabilities; returns the sum of exponentials.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Pack Normalize(Span<Pack> row, bool keepLogits)
    {
        Pack largest = row[0];
        foreach (Pack entry in row)
        {
            largest = Vector256.Max(largest, entry);
        }

        Pack sum = Pack.Zero;
        foreach (ref Pack entry in row)
        {
            entry -= largest;
            Pack power = LaneProducts.Exp(entry);
            sum += power;
            entry = keepLogits ? entry : power;
        }

        if (!keepLogits)
        {
            Pack factor = Pack.One / sum;
            foreach (ref Pack entry in row)
            {
                entry *= factor;
            }
        }

        return sum;
    }
}
