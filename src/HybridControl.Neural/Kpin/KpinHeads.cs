using HybridControl.Neural.Autodiff;

namespace HybridControl.Neural.Kpin;

/// <summary>Outputs of a network on a tape, before bounds; those that its level lacks are null.</summary>
internal readonly record struct KpinHeads(
    Variable Residual, Variable ResidualTangent, Variable? Process, Variable? Measurement, Variable? Gain, Variable? Gate);
