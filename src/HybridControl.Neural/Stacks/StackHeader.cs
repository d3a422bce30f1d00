namespace HybridControl.Neural.Stacks;

/// <summary>What a <c>stack.json</c> holds.</summary>
internal sealed record StackHeader
{
    public const string Known = "hybridcontrol.stack.1";

    public required string Format { get; init; }

    public required StackDescription Stack { get; init; }
}
