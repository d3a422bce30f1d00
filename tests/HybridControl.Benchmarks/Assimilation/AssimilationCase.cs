using HybridControl.Estimation;
using HybridControl.Tests.TestKit;

namespace HybridControl.Benchmarks.Assimilation;

/// <summary>A filter with the settings of a published line, and the error that stands behind it.</summary>
internal sealed record AssimilationCase(TwinExperiment Twin, string Line, double Published, Func<TwinExperiment, IEstimator> Make);
