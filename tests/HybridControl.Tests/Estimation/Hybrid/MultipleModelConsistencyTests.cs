using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Tests.Estimation.Hybrid;

public class MultipleModelConsistencyTests
{
    [Test]
    public void Errors_and_surprises_of_a_manoeuvring_target_are_as_large_as_stated()
    {
        var target = new ManoeuvringTarget();
        FilterConsistency.Require(target, _ => target.Estimator());
    }

    [Test]
    public void One_model_for_all_modes_does_not_pass() =>
        Assert.That(
            FilterConsistency.Violations(new ManoeuvringTarget(), problem => new KalmanFilter(problem.Transition, problem.Sensor, problem.Initial)),
            Is.Not.Empty);
}
