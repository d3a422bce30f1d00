namespace HybridControl.Neural.Autodiff.Operations;

/// <summary>A function of two numbers applied entry by entry; an operand of one row, column or sample is repeated.</summary>
internal sealed class ElementwisePair<TRule> : Operation
    where TRule : IBinaryRule
{
    public static readonly ElementwisePair<TRule> Instance = new();

    public override string Name => TRule.Name;

    public override void Forward(in OperationFrame frame)
    {
        Shape shape = frame.Shape;
        Span<double> value = frame.Value;
        ReadOnlySpan<double> a = frame.Input(0);
        ReadOnlySpan<double> b = frame.Input(1);
        if (a.Length == value.Length && b.Length == value.Length)
        {
            for (int i = 0; i < value.Length; i++)
            {
                value[i] = TRule.Value(a[i], b[i]);
            }

            return;
        }

        var first = new Broadcasting(frame.InputShape(0));
        var second = new Broadcasting(frame.InputShape(1));
        int next = 0;
        for (int i = 0; i < shape.Rows; i++)
        {
            for (int j = 0; j < shape.Columns; j++)
            {
                int atA = first.At(i, j);
                int atB = second.At(i, j);
                for (int sample = 0; sample < shape.Batch; sample++)
                {
                    value[next++] = TRule.Value(a[atA], b[atB]);
                    atA += first.SampleStep;
                    atB += second.SampleStep;
                }
            }
        }
    }

    public override void Backward(in OperationFrame frame)
    {
        ReadOnlySpan<double> adjoint = frame.Adjoint;
        ReadOnlySpan<double> a = frame.Input(0);
        ReadOnlySpan<double> b = frame.Input(1);
        if (frame.Wants(0))
        {
            Span<double> target = frame.InputAdjoint(0);
            if (target.Length == adjoint.Length && b.Length == adjoint.Length)
            {
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] += adjoint[i] * TRule.SlopeOfFirst(a[i], b[i]);
                }
            }
            else
            {
                Add(frame, target, toFirst: true);
            }
        }

        if (frame.Wants(1))
        {
            Span<double> target = frame.InputAdjoint(1);
            if (target.Length == adjoint.Length && a.Length == adjoint.Length)
            {
                for (int i = 0; i < target.Length; i++)
                {
                    target[i] += adjoint[i] * TRule.SlopeOfSecond(a[i], b[i]);
                }
            }
            else
            {
                Add(frame, target, toFirst: false);
            }
        }
    }

    private static void Add(in OperationFrame frame, Span<double> target, bool toFirst)
    {
        Shape shape = frame.Shape;
        ReadOnlySpan<double> adjoint = frame.Adjoint;
        ReadOnlySpan<double> a = frame.Input(0);
        ReadOnlySpan<double> b = frame.Input(1);
        var first = new Broadcasting(frame.InputShape(0));
        var second = new Broadcasting(frame.InputShape(1));
        int next = 0;
        for (int i = 0; i < shape.Rows; i++)
        {
            for (int j = 0; j < shape.Columns; j++)
            {
                int atA = first.At(i, j);
                int atB = second.At(i, j);
                for (int sample = 0; sample < shape.Batch; sample++)
                {
                    double slope = toFirst ? TRule.SlopeOfFirst(a[atA], b[atB]) : TRule.SlopeOfSecond(a[atA], b[atB]);
                    target[toFirst ? atA : atB] += adjoint[next++] * slope;
                    atA += first.SampleStep;
                    atB += second.SampleStep;
                }
            }
        }
    }
}
