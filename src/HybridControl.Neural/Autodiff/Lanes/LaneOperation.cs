using Pack = System.Runtime.Intrinsics.Vector256<double>;

namespace HybridControl.Neural.Autodiff.Lanes;

/// <summary>An operation written for four samples at a time, each in a lane of its own.</summary>
/// <remarks>
/// Kernels are compiled at full strength at once: tiered compilation with profiles left one of them five times slower (.NET 10).
/// A sample's numbers do not depend on which lane it sits in. Sums over samples, for shared inputs, run over four lanes and
/// then in the order of the groups.
/// </remarks>
internal abstract class LaneOperation : Operation
{
    public sealed override void Forward(in OperationFrame frame)
    {
        for (int first = 0; first < frame.Shape.Batch; first += Pack.Count)
        {
            ForwardLanes(new LaneFrame(frame, first));
        }
    }

    public sealed override void Backward(in OperationFrame frame)
    {
        for (int first = 0; first < frame.Shape.Batch; first += Pack.Count)
        {
            BackwardLanes(new LaneFrame(frame, first));
        }
    }

    /// <summary>Stores the value of four samples.</summary>
    protected abstract void ForwardLanes(in LaneFrame frame);

    /// <summary>Adds what four samples contribute to the adjoints of the inputs.</summary>
    protected abstract void BackwardLanes(in LaneFrame frame);
}
