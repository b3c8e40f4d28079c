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
