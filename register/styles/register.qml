<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.40.0" styleCategories="{{ 'Symbology|Fields|AttributeTable|MapTips' if marks else 'Fields|AttributeTable' }}">
{%- if marks %}
  <renderer-v2 type="RuleRenderer" symbollevels="0" enableorderby="0" forceraster="0" referencescale="-1">
    <rules key="{pianqu-register}">
{%- for mark in marks %}
      <rule key="{pianqu-register-{{ loop.index0 }}}" symbol="{{ loop.index0 }}" label="{{ mark.label }}" filter="{{ mark.filter }}"/>
{%- endfor %}
    </rules>
    <symbols>
{%- for mark in marks %}
      <symbol name="{{ loop.index0 }}" type="fill" alpha="1" clip_to_extent="1" force_rhr="0">
        <layer class="SimpleFill" enabled="1" locked="0" pass="0">
          <Option type="Map">
            <Option name="color" type="QString" value="{{ mark.fill }}"/>
            <Option name="style" type="QString" value="{{ mark.pattern }}"/>
            <Option name="outline_color" type="QString" value="{{ mark.line }}"/>
            <Option name="outline_style" type="QString" value="{{ mark.dash }}"/>
            <Option name="outline_width" type="QString" value="0.4"/>
            <Option name="outline_width_unit" type="QString" value="MM"/>
            <Option name="joinstyle" type="QString" value="round"/>
          </Option>
        </layer>
      </symbol>
{%- endfor %}
    </symbols>
  </renderer-v2>
{%- endif %}
  <fieldConfiguration>
{%- for field in fields %}
    <field name="{{ field.name }}" configurationFlags="NoFlag">
      <editWidget type="{{ 'ValueMap' if field.choices else 'TextEdit' }}">
        <config>
{%- if field.choices %}
          <Option type="Map">
            <Option name="map" type="List">
{%- for value, shown in field.choices %}
              <Option type="Map">
                <Option name="{{ shown }}" type="QString" value="{{ value }}"/>
              </Option>
{%- endfor %}
            </Option>
          </Option>
{%- else %}
          <Option/>
{%- endif %}
        </config>
      </editWidget>
    </field>
{%- endfor %}
  </fieldConfiguration>
  <aliases>
{%- for field in fields %}
    <alias index="{{ loop.index }}" field="{{ field.name }}" name="{{ field.alias }}"/>
{%- endfor %}
  </aliases>
{%- if marks %}
  <mapTip enabled="1">{{ tip }}</mapTip>
{%- endif %}
  <layerGeometryType>{{ 2 if marks else 4 }}</layerGeometryType>
</qgis>
