namespace HybridControl.Neural.Sequences.Mixers;

/// <summary>Parameters of an <see cref="AttentionMixer"/>. Keys and values are null where another layer has made them.</summary>
internal sealed record AttentionParts(AttentionCore Core, ISequenceLayer Query, ISequenceLayer? Key, ISequenceLayer? Value, ISequenceLayer Output);
