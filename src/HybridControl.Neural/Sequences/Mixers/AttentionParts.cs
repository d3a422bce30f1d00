namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>Parameters of an <see cref="AttentionMixer"/>.</summary>
internal sealed record AttentionParts(AttentionCore Core, ISequenceLayer Query, ISequenceLayer Key, ISequenceLayer Value, ISequenceLayer Output);
