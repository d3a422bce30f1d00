using HybridControl.Neural.Autodiff.Lanes;
using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>Rotary positions: the first columns of each head turn in pairs (i, i + half) by row times base^(-i / half).</summary>
/// <remarks>First holds the base, Column the number of columns of a head that turn. Backward turns the other way.</remarks>
internal sealed class Rotation : LaneOperation
{
    public static readonly Rotation Instance = new();

    public override string Name => "Rotate";

    protected override void ForwardLanes(in LaneFrame frame)
    {
        Span<Pack> x = frame.Load(0);
        Turn(frame, x, 1.0);
        frame.Store(x);
    }

    protected override void BackwardLanes(in LaneFrame frame)
    {
        Span<Pack> adjoint = frame.LoadAdjoint();
        Turn(frame, adjoint, -1.0);
        frame.Add(0, adjoint);
    }

    private static void Turn(in LaneFrame frame, Span<Pack> x, double direction)
    {
        (_, int rows, int columns) = frame.Shape;
        int heads = frame.Settings.Heads;
        int width = columns / heads;
        int half = frame.Settings.Column / 2;
        for (int i = 0; i < half; i++)
        {
            double speed = Math.Pow(frame.Settings.First, -(double)i / half);
            for (int row = 0; row < rows; row++)
            {
                (double sine, double cosine) = Math.SinCos(direction * row * speed);
                for (int head = 0; head < heads; head++)
                {
                    int at = (row * columns) + (head * width) + i;
                    (Pack a, Pack b) = (x[at], x[at + half]);
                    x[at] = (cosine * a) - (sine * b);
                    x[at + half] = (cosine * b) + (sine * a);
                }
            }
        }
    }
}
