using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation;

/// <summary>The shared law "a step allocates nothing after the first of its kind".</summary>
public class EstimatorAllocationTests
{
    [TestCaseSource(typeof(EstimatorCase), nameof(EstimatorCase.All))]
    public void A_step_allocates_nothing(EstimatorCase estimator)
    {
        ConsistencyProblem problem = ConsistencyProblem.Tracking();
        var states = new double[problem.Steps][];
        var measurements = new double[problem.Steps][];
        for (int k = 0; k < problem.Steps; k++)
        {
            (states[k], measurements[k]) = (new double[problem.Transition.StateCount], new double[problem.Sensor.Count]);
        }

        problem.Simulate(new NormalDraws(1, 0), states, measurements);
        IEstimator filter = estimator.Make(problem);
        Allocations.None(
            k =>
            {
                filter.Predict((k + 1) * problem.Step);
                filter.Update(measurements[k]);
            },
            first: 0,
            warmUp: 8, // by then a component has been missing, and windows are full
            calls: problem.Steps - 8);
    }
}
